"""The lists of the audits room, by noun."""
