"""A small golden run: twenty numbers of the closure, kept to be noticed when they change."""
