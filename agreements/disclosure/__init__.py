"""Everything of agreements that is ever public, noun by noun; nothing else leaves this room. Each says at its top what it shows.

Agreements themselves, answers of brands to a stop of purchases, breaches and arbitration, minutes of the committee, totals of premium.
"""

from agreements.disclosure import agreements, disputes, duties, minutes, money
from wsr.registry.disclosure import Nouns

_room = Nouns(agreements, duties, disputes, minutes, money)
KINDS = _room.kinds
present, names, records, changed = _room.present, _room.names, _room.records, _room.changed
