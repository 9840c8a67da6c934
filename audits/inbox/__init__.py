"""What this room puts into a person's work of today."""

from audits.inbox import actions, visits

INBOX = [*visits.INBOX, *actions.INBOX]
NAMES = actions.NAMES
