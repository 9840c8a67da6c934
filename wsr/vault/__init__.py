"""Keys per case: what is secret is encrypted here, and erased by destroying its key."""
