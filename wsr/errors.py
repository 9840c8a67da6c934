"""What a person can act on."""


class DomainError(Exception):
    """A refusal with a full, translated sentence. Views add it to the form, the API answers 409."""


class DoneTwice(DomainError):
    """The same act twice at once: the first stands, and the second is told."""
