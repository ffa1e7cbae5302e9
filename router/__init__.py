"""What Sigap decides: category, priority, owner, and what a message or a command means."""
