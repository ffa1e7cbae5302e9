"""What Sigap remembers: the types, the life of a ticket, and the store. Pure, but for the package ``store``."""
