"""Why a file cannot be read, in one sentence that says what to do."""

from wsr.errors import DomainError


class ReadError(DomainError):
    """The whole file is refused; the message says what it is and what to send instead."""
