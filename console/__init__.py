"""The operator's side: the command line, the supervisor and the composition root."""
