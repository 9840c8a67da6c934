"""Pages: of a person's own notices, of the messages and the webhooks of a program."""
