"""The lists of the agreements room, by noun."""
