"""Which known object a row may be. Nothing found here merges by itself; it becomes a question for a person."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from wsr.imports.targets import Known

PRESELECTED = 0.95
ASKED = 0.72
ASKED_IN_FILE = 0.80
_TRADE_WORDS = frozenset(
    """GARMENT GARMENTS APPAREL APPARELS FASHION FASHIONS KNIT KNITWEAR KNITTING KNITTINGS TEXTILE TEXTILES TEKSTIL CLOTHING SWEATER SWEATERS COMPOSITE MILLS MILL
    INDUSTRY INDUSTRIES INDS IND INDUSTRIAL INTERNATIONAL INTL EXPORT EXPORTS TRADING MANUFACTURING MFG FACTORY ENTERPRISE ENTERPRISES GROUP DYEING SPINNING WEAVING
    WEAR WEARS DESIGN DESIGNS FARM FARMS RANCH NURSERY ORCHARD ORCHARDS LIVESTOCK CATTLE SHEEP DAIRY PRODUCE GROWERS HARVESTING SONS AND THE OF BD BANGLADESH
    INDIA CHINA VIETNAM INDONESIA SHOES FOOTWEAR LEATHER PACKAGING PRODUCTS GIYIM KONFEKSIYON VIET NAM""".split()  # noqa: SIM905
)
_SAME_NAME = 0.82
_LEAST_NAME = 0.84
_MOST = 3
_TRIGRAMS = 8
_SHORTLIST = 25
_ENOUGH = 600
_FAR_KM = 30.0


@dataclass(frozen=True)
class Candidate:
    """Something a row may be, with how alike they are from 0 to 1."""

    known: Known
    score: float


class Index:
    """Known objects by country and by the letters of their names; rows of the file are added as they come."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        """Start with what the program has."""
        self._by_trigram: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._known: list[Known] = []
        for one in known:
            self.add(one)

    def add(self, one: Known) -> None:
        """Make one more object findable."""
        place = len(self._known)
        self._known.append(one)
        self._by_name[one.country, one.name_key].append(place)
        postings = self._by_trigram[one.country]
        for trigram in _trigrams(one.name_key):
            postings[trigram].append(place)

    def alike(self, row: Known, least: float) -> list[Candidate]:
        """The best few in the same country that score at least `least`, best first."""
        found = [
            Candidate(one, score)
            for place in self._shortlist(row)
            if (score := likeness(row, one := self._known[place])) >= least
        ]
        return sorted(found, key=lambda candidate: -candidate.score)[:_MOST]

    def _shortlist(self, row: Known) -> list[int]:
        """Those that share the rarest letters of the name: a few dozen instead of a whole country."""
        same = self._by_name.get((row.country, row.name_key), [])[:_SHORTLIST]
        known = self._by_trigram.get(row.country)
        if known is None:
            return same
        postings = sorted(
            [known[trigram] for trigram in _trigrams(row.name_key) if trigram in known], key=len
        )
        shared: list[int] = []
        seen = 0
        for number, posting in enumerate(postings[:_TRIGRAMS]):
            if number > 2 and seen + len(posting) > _ENOUGH:
                break
            shared += posting[:_ENOUGH]
            seen += len(posting)
        hits = Counter(shared)
        least = 2 if len(postings) >= 4 else 1
        near = [place for place, count in hits.items() if count >= least]
        if len(near) > _SHORTLIST:
            near = sorted(near, key=hits.__getitem__, reverse=True)[:_SHORTLIST]
        return list(dict.fromkeys([*same, *near]))


def likeness(row: Known, other: Known) -> float:
    """0 to 1. Names decide; addresses, towns and distance confirm or doubt. A shared address alone says nothing."""
    name = _name_likeness(row.name_key, other.name_key)
    if name < _LEAST_NAME:
        return 0.0
    score = 0.9 * name
    if row.address_key and other.address_key:
        address = fuzz.token_sort_ratio(row.address_key, other.address_key) / 100
        address = max(address, 0.9 * fuzz.token_set_ratio(row.address_key, other.address_key) / 100)
        score = 0.7 * name + 0.3 * address
    if name == 1.0:
        score = max(score, _SAME_NAME)  # a person always looks at two sites of one name
    if row.place and other.place:
        score += (
            0.04 if row.place == other.place else -0.25 if fuzz.ratio(row.place, other.place) < 80 else 0.0
        )
    if row.point and other.point:
        apart = kilometers(row.point, other.point)
        score += 0.04 if apart < 1 else -0.2 if apart > _FAR_KM else 0.0
    return max(0.0, min(0.999, score))


def _name_likeness(one: str, other: str) -> float:
    """Of two names as wholes and of what is distinctive in them, on average; 0 where it cannot reach `_LEAST_NAME`."""
    if one == other:
        return 1.0
    ours, theirs = _distinctive(one), _distinctive(other)
    compared = bool(ours and theirs)
    core = fuzz.ratio(ours, theirs, score_cutoff=100 * (2 * _LEAST_NAME - 1)) / 100 if compared else 1.0
    if not core:
        return 0.0
    whole = max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other)) / 100
    name = (whole + core) / 2 if compared else whole
    return name - 0.12 if _numbers(one) != _numbers(other) else name  # "Unit 2" is not "Unit 3"


def kilometers(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance along the surface between two points in degrees."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (one, other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 12_742 * math.asin(math.sqrt(min(1.0, half)))


@lru_cache(maxsize=200_000)
def _trigrams(name_key: str) -> frozenset[str]:
    text = f" {(_distinctive(name_key) or name_key).replace(' ', '')} "
    return frozenset([text[start : start + 3] for start in range(max(1, len(text) - 2))])


@lru_cache(maxsize=200_000)
def _distinctive(name_key: str) -> str:
    """The name without the words that half of all factories carry."""
    return " ".join(
        word
        for word in name_key.split()
        if word not in _TRADE_WORDS and word.removesuffix("S") not in _TRADE_WORDS
    )


@lru_cache(maxsize=200_000)
def _numbers(name_key: str) -> tuple[str, ...]:
    return sorted(
        word for word in name_key.split() if word.isdigit() or word in {"I", "II", "III", "IV", "V", "VI"}
    )
