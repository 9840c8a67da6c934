"""What this room does when a room below acts."""

from audits import demo
from audits.operations.closing import workplace_closed
from audits.operations.handing_over import member_left
from audits.queries.sites import contractors_shown

REACTIONS = {
    "membership.ended": [member_left],
    "workplace.closed": [workplace_closed],
    "contractors.shown": [contractors_shown],
    "demo.built": [demo.build],
}
