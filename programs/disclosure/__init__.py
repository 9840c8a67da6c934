"""Everything of programs that is ever public, noun by noun; nothing else leaves this room. Each says at its top what it shows.

Of brands and suppliers: name, group, country, website, identifiers, since when and until when they take part. Reasons of a standing are
not public; the provision and the condition for return are.

What the program decides in its rules: `disclosure.supplier_names` (suppliers and their workplaces one by one, only how many,
or neither), `disclosure.brand_names` (the same of brands, wherever one would be named), `disclosure.brand_supplier_pairs`
(which brands buy where, only how many, or neither) and `disclosure.workplace_size`. A rule that nobody has filled in discloses
nothing. Where only numbers are public they stand in the program's own record, the kind `summary`. Education, news and work on sites
have rules of their own.
"""

from programs.disclosure import education, news, participants, sites, summary, workplaces
from wsr.registry.disclosure import Nouns

_room = Nouns(participants, workplaces, summary, education, news, sites)
KINDS, ADDS = _room.kinds, _room.adds
present, names, records, changed = _room.present, _room.names, _room.records, _room.changed
additions, changed_additions = _room.additions, _room.changed_additions
