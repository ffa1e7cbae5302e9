"""Every wire to the outside, one folder each: parses what comes in, sends what goes out, decides nothing."""
