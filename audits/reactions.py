"""What this room does when a room below acts."""

from audits import demo
from audits.operations.handing_over import members_changed

REACTIONS = {"members.changed": [members_changed], "demo.built": [demo.build]}
