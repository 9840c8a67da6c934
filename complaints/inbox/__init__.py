"""What this room puts into a person's work of today."""

from complaints.inbox import cases, watch

INBOX = [*cases.INBOX, *watch.INBOX]
NAMES = cases.NAMES
