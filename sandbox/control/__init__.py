"""The side door for tests and the page: play the people, switch faults, move the clock, watch."""
