"""Log lines never hold a key that opens a door."""

import logging
import re

_KEY = re.compile(r"(/invitation/|/password/reset/key/|/confirm-email/)[^/\s]+")


class WithoutKeys(logging.Filter):
    """Hides the keys in the addresses of invitations and of links from e-mails, which Django logs with refusals."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        if isinstance(record.args, tuple):
            record.args = tuple(_KEY.sub(r"\1…", arg) if isinstance(arg, str) else arg for arg in record.args)
        return True
