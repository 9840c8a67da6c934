"""What a person can act on."""

from django.utils.translation import gettext as _


class DomainError(Exception):
    """A refusal with a full, translated sentence. Views add it to the form, the API answers 409.

    `retry_after`: seconds after which the same will do, where waiting is all it takes; the API answers 503 then.
    """

    retry_after: int | None = None


class DoneTwice(DomainError):
    """The same act twice at once: the first stands, and the second is told."""


class Stale(DomainError):
    """Somebody changed the row in the meantime. `current` is the row as it stands; the API answers 412 with it."""

    def __init__(self, current: object, message: str = "") -> None:
        """`current`: the row as it stands now."""
        super().__init__(
            message or _("This was changed in the meantime. Look at both versions and save yours again.")
        )
        self.current = current
