"""What an operator sets: settings from the environment and the files of the configuration folder."""
