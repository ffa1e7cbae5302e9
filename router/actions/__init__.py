"""What can be done at the desk, one function per action, by who does it: agents, reporters, the clock, operators."""
