"""What this room does when a room below acts."""

from audits.operations.handing_over import member_left

REACTIONS = {"membership.ended": [member_left]}
