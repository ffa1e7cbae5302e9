"""The `sigap` command line, one file a word. Heavy imports happen inside the commands, so that `sigap` answers fast."""
