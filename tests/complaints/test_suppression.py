"""Nobody is picked out of the published counts: not from one table, not from several, not by subtracting, not by knowing how they are made."""

from collections import defaultdict
from itertools import chain, combinations, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints import suppression
from complaints.suppression import THRESHOLD, Shown, take_apart
from tests.complaints.attack import Attacker

MONTHS = 24
FACETS = {"issue": 5, "severity": 4, "channel": 5, "speed": 4, "outcome": 5, "supplier": 6}
_SIZES = st.one_of(st.just(0), st.integers(0, 9), st.integers(10, 60))
_MONTH = st.fixed_dictionaries(
    {facet: st.lists(_SIZES, min_size=n, max_size=n) for facet, n in FACETS.items()}
)


def is_small(low: float, high: float) -> bool:
    """Whether somebody knows that there is a group, and that it is below the threshold."""
    return low >= 1 and high < THRESHOLD


def balanced(months):
    """The same complaints by every facet: what a facet lacks of the largest sum is in its last category."""
    for month in months:
        total = max(sum(sizes) for sizes in month.values())
        for sizes in month.values():
            sizes[-1] += total - sum(sizes)
    return months


def publish(months):
    """24 monthly publications: periods of whole months, then stretches of periods taken apart by every facet."""
    periods, begins = [], 0
    totals = [sum(month["issue"]) for month in months]
    for i in range(len(months)):
        waiting = sum(totals[begins : i + 1])
        if suppression.is_enough(waiting):
            periods.append((begins, i + 1, waiting))
            begins = i + 1
    stretches, waiting = [], []
    for period in periods:
        waiting.append(period)
        if suppression.has_breakdown(sum(total for _begins, _ends, total in waiting)):
            stretches.append((waiting[0][0], waiting[-1][1]))
            waiting = []
    tables = {
        (begins, ends, facet): take_apart(
            [sum(month[facet][c] for month in months[begins:ends]) for c in range(n)]
        )
        for begins, ends in stretches
        for facet, n in FACETS.items()
    }
    return periods, tables


def equations(periods, tables):
    """All that was published, as sums: totals of months, categories of stretches, and that every facet takes the same complaints apart."""
    for begins, ends, total in periods:
        yield [("month", i) for i in range(begins, ends)], total
    for (begins, ends, facet), shown in tables.items():
        cells = [(begins, facet, c) for c in range(FACETS[facet])]
        yield cells, sum(total for b, e, total in periods if begins <= b < ends)
        for c, count in shown.single.items():
            yield [(begins, facet, c)], count
        yield [(begins, facet, c) for c in shown.together], shown.together_count


def groups(periods, tables):
    """Every run of months, and within each table every choice of categories."""
    for first, last in combinations(range(MONTHS + 1), 2):
        yield [("month", i) for i in range(first, last)]
    for begins, _ends, facet in tables:
        cells = [(begins, facet, c) for c in range(FACETS[facet])]
        for size in range(1, len(cells) + 1):
            yield from (list(chosen) for chosen in combinations(cells, size))


def isolated(months):
    """The groups that the attacker picks out."""
    periods, tables = publish(balanced(months))
    attacker = Attacker(equations(periods, tables))
    found = [group for group in groups(periods, tables) if is_small(*attacker.between(group))]
    return found + list(_crossed(attacker, periods, tables))


def _crossed(attacker, periods, tables):
    """Two facets of the same complaints at once: who is in a group by one and in a group by the other, at least and at most."""
    by_stretch = defaultdict(list)
    for key, shown in tables.items():
        by_stretch[key[:2]].append((key[2], shown))
    for (begins, ends), of_facets in by_stretch.items():
        total = sum(count for b, _e, count in periods if begins <= b < ends)
        for (facet, shown), (other, also) in combinations(of_facets, 2):
            for a, b in product(_published(begins, facet, shown), _published(begins, other, also)):
                (low_a, high_a), (low_b, high_b) = attacker.between(a), attacker.between(b)
                if is_small(low_a + low_b - total, min(high_a, high_b)):
                    yield a, b


def _published(begins, facet, shown: Shown):
    yield from ([(begins, facet, c)] for c in shown.single)
    yield [(begins, facet, c) for c in shown.together]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(_MONTH, min_size=MONTHS, max_size=MONTHS))
def test_nobody_is_picked_out_of_24_months(months):
    assert isolated(months) == []


def few_at_a_time():
    """Months of a small program in which most numbers are small: what protection is for."""
    sizes = [[12, 3, 40, 2, 0, 11], [1, 0, 2, 0, 4, 0], [30, 10, 9, 1, 8, 15], [0, 0, 0, 0, 0, 0]]
    return [
        {facet: list(sizes[(i + j) % 4][:n]) for j, (facet, n) in enumerate(FACETS.items())}
        for i in range(MONTHS)
    ]


def test_without_complementary_suppression_the_attack_succeeds(monkeypatch):
    assert isolated(few_at_a_time()) == []
    monkeypatch.setattr(suppression, "complement", lambda counts, small: small)
    months = few_at_a_time()
    for month in months[1:]:
        for sizes in month.values():
            sizes[:] = [0] * len(sizes)
    months[0] = {facet: [60, 57, 3, *[0] * (n - 3)] for facet, n in FACETS.items()}
    assert isolated(months)


def test_without_carrying_forward_the_attack_succeeds(monkeypatch):
    monkeypatch.setattr(suppression, "is_enough", lambda count: count > 0)
    assert isolated(few_at_a_time())


# ── Whoever knows the rules, too ─────────────────────────────────────────────────────────────────


def worlds_of(outputs):
    found = defaultdict(list)
    for world, published in outputs:
        found[published].append(world)
    return found


def test_knowing_how_tables_are_made_picks_nobody_out():
    """Every table of four categories up to 13 that looks the same, side by side: no group is small in all of them."""
    most = 13
    tables = (counts for counts in product(range(most + 1), repeat=4) if sum(counts) >= THRESHOLD)
    outputs = (
        (counts, (tuple(take_apart(counts).single.items()), take_apart(counts).together_count))
        for counts in tables
    )
    for (_single, together), worlds in worlds_of(outputs).items():
        if together > most:  # some of the worlds that look the same have larger numbers than were tried
            continue
        for group in chain.from_iterable(combinations(range(4), size) for size in range(1, 4)):
            sizes = [sum(world[c] for c in group) for world in worlds]
            assert not is_small(min(sizes), max(sizes))


def test_knowing_how_months_wait_for_each_other_picks_nobody_out():
    most = 21

    def periods(totals):
        found, begins = [], 0
        for i in range(len(totals)):
            if suppression.is_enough(sum(totals[begins : i + 1])):
                found.append((i, sum(totals[begins : i + 1])))
                begins = i + 1
        return tuple(found)

    outputs = ((totals, periods(totals)) for totals in product(range(most + 1), repeat=3))
    for published, worlds in worlds_of(outputs).items():
        if any(total > most for _i, total in published):
            continue
        for first, last in combinations(range(4), 2):
            sizes = [sum(world[first:last]) for world in worlds]
            assert not is_small(min(sizes), max(sizes))


@pytest.mark.parametrize(
    ("counts", "single", "together"),
    [
        ([12, 3, 40, 9, 0], {0: 12, 2: 40}, {1, 3, 4}),
        ([12, 3, 40, 0, 0], {0: 12}, {1, 2, 3, 4}),  # 3 alone would be known: the next from the end joins
        ([50, 60, 0], {0: 50}, {1, 2}),  # none looks like a few
        ([50, 60, 10], {0: 50, 1: 60}, {2}),
        ([3, 4, 5], {}, {0, 1, 2}),
    ],
)
def test_small_ones_and_the_last_are_one_number(counts, single, together):
    shown = take_apart(counts)

    assert (shown.single, set(shown.together)) == (single, together)
    assert shown.together_count == sum(counts) - sum(single.values()) >= THRESHOLD
    assert all(first < second for first, second in pairwise(shown.together))
