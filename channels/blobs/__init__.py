"""Where large files lie."""
