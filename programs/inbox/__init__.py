"""What this room puts into a person's work of today."""

from programs.inbox import education, endorsements

INBOX = [*endorsements.INBOX, *education.INBOX]
