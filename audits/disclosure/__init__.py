"""Everything of inspections that is ever public, noun by noun; nothing else leaves this room. Each says at its top what it shows.

The program decides it in the rule `disclosure.findings`: `published` (the issued report of every inspection, each finding with the supplier's
reply beside it, and on the page of a workplace how far its remediation is), `count` (that a workplace was inspected, how many findings, how
far it is; no finding), `totals` (the program as a whole), or nothing. Only what stands in issued reports that hold: nothing of a visit before,
of a report that waits for a reply, or of a version that was replaced. Inspectors, interviews beyond their number, evidence, notes and workers
are never public.
"""

from audits.disclosure import reports, totals, workplaces
from wsr.registry.disclosure import Nouns

_room = Nouns(reports, totals, workplaces)
KINDS, ADDS = _room.kinds, _room.adds
present, names, records, changed = _room.present, _room.names, _room.records, _room.changed
additions, changed_additions = _room.additions, _room.changed_additions
