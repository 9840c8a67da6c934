"""Everything of complaints that is ever public, noun by noun; nothing else leaves this room. Each says at its top what it shows.

Counts of many complaints, and summaries of single ones that were written and cleared for the public. A complaint is in the counts or in the
log of summaries, never in both: whoever has both could subtract one from the other. The program decides it in the rule
`disclosure.complaint_cases`; see `complaints.queries.public`. Why it is safe: `docs/decisions/0007-counting-in-public.md`.
"""

from complaints.disclosure import cases, counts, suppliers
from wsr.registry.disclosure import Nouns

_room = Nouns(counts, suppliers, cases)
KINDS = _room.kinds
present, names, records, changed = _room.present, _room.names, _room.records, _room.changed
