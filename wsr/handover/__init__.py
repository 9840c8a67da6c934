"""Work that changes hands: for good when somebody leaves, for a time when she is away."""
