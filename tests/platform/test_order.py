"""Long tests begin early, and no test is lost by it."""

from types import SimpleNamespace

import pytest

from tests.order import LONG, dealt


def named(*names):
    return [SimpleNamespace(nodeid=f"tests/{name}") for name in names]


@pytest.mark.parametrize("workers", [2, 3, 4])
def test_each_worker_begins_with_its_share_of_the_long_tests(workers):
    long = [f"{name}::test" for name in LONG]
    items = named(*(f"a/test_a.py::test_{number}" for number in range(120 - len(long))), *long)

    ordered = dealt(items, workers)

    stretch = len(items) // workers  # 120 is divided without a rest
    for number in range(workers):
        share = named(*long[number::workers])
        assert ordered[number * stretch :][: len(share)] == share
    assert sorted(item.nodeid for item in ordered) == sorted(item.nodeid for item in items)


@pytest.mark.parametrize("count", [0, 1, 3, len(LONG)])
def test_a_few_tests_are_not_lost(count):
    items = named(*(f"{name}::test" for name in LONG[:count]))

    assert sorted(item.nodeid for item in dealt(items, 4)) == [
        f"tests/{name}::test" for name in sorted(LONG[:count])
    ]
