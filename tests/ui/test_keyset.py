"""Pages by key: forward and back, through equal and absent values, meet every row once and in order."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.models import Workplace
from tests import factories
from wsr.tenancy import program_scope
from wsr.ui.keyset import Keyset

pytestmark = pytest.mark.django_db


def walk(keyset, rows, *, size):
    """Every page forward, then every page back from the last; the two must be the same."""
    pages = [keyset.page(rows, size=size)]
    while pages[-1].after:
        pages.append(keyset.page(rows, size=size, after=pages[-1].after))
    back = [pages[-1]]
    while back[-1].before:
        back.append(keyset.page(rows, size=size, before=back[-1].before))
    assert [row.pk for page in reversed(back) for row in page.rows] == [
        row.pk for page in pages for row in page.rows
    ]
    assert pages[0].before == ""
    return [row for page in pages for row in page.rows]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=9), size=st.integers(1, 4))
@pytest.mark.parametrize("sort", ["worker_count", "-worker_count", "name", "-name", ""])
def test_walks_meet_every_row_once_in_order(program, sort, counts, size):
    supplier = factories.supplier(program)
    for count in counts:
        factories.workplace(program, supplier=supplier, worker_count=count, name=f"Place {count}")
    with program_scope(program.pk):
        rows = Workplace.objects.filter(supplier=supplier)
        found = walk(Keyset(sort), rows, size=size)
        order = [sort, "-pk" if sort.startswith("-") else "pk"] if sort else ["pk"]
        assert [row.pk for row in found] == list(rows.order_by(*order).values_list("pk", flat=True))


def forged(text):
    """A cursor that somebody made herself."""
    return base64.urlsafe_b64encode(text.encode()).decode()


SOME_ID = "0198c0de-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "!!!!", "bnVsbA", "WyJhIl0", "WzEsMiwzXQ", "W251bGwsIngiXQ", "WyJhIiwiYSJd"),
        forged(rf'["\u0000","{SOME_ID}"]'),
        forged(rf'["\ud800","{SOME_ID}"]'),
        forged("[" * 100_000),
    ],
    ids=range(10),
)
def test_a_damaged_cursor_gives_the_first_page(program, cursor):
    place = factories.workplace(program)
    with program_scope(program.pk):
        assert [
            row.pk for row in Keyset("name").page(Workplace.objects.all(), size=5, after=cursor).rows
        ] == [place.pk]
