"""What this room does when a room below acts."""

from complaints import demo
from complaints.blueprints import begin_table
from complaints.operations import callbacks, retaliation
from complaints.operations.inquiry import case_erased
from complaints.operations.parts import member_left
from complaints.operations.text_intake import take_in
from complaints.operations.visits import visit_offered

REACTIONS = {
    "case.erased": [case_erased, callbacks.matter_erased],
    "case.linked": [retaliation.add_linked],
    "membership.ended": [member_left],
    "program.started": [begin_table],
    "demo.built": [demo.build],
    "text.received": [take_in],
    "visit.offered": [visit_offered],
}
