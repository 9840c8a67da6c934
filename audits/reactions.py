"""What this room does when a room below acts."""

from audits import demo
from audits.operations.handing_over import member_left

REACTIONS = {"membership.ended": [member_left], "demo.built": [demo.build]}
