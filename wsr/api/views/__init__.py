"""Pages about the API and about access through it."""
