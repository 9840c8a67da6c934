"""The outbox: what must be told, delivered after commit."""
