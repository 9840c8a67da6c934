"""An attacker with every published table: solves the equations between published and hidden numbers exactly, then narrows what is left.

Linear equations over the rationals in sparse rows, brought to reduced echelon form; bounds by propagation until nothing moves. Nothing here
knows how tables are made: it reads equations.
"""

from collections.abc import Hashable, Iterable
from fractions import Fraction

type Row = dict[Hashable, Fraction]


class Attacker:
    """What follows from equations "the sum of these cells is this number", all cells being counts of people."""

    def __init__(self, equations: Iterable[tuple[Iterable[Hashable], int]]) -> None:
        """`equations`: cells by name, and the published sum of them."""
        self.rows: dict[Hashable, tuple[Row, Fraction]] = {}  # pivot → the row without it is solved for
        self.bounds: dict[Hashable, tuple[int, float]] = {}
        self.said = [(list(cells), total) for cells, total in equations]
        for cells, total in self.said:
            self._learn(dict.fromkeys(cells, Fraction(1)), Fraction(total))
        self._narrow()

    def exactly(self, group: Iterable[Hashable]) -> Fraction | None:
        """The number of people in a group of cells where the equations determine it."""
        row, total = self._reduced(dict.fromkeys(group, Fraction(1)), Fraction(0))
        return None if row else -total

    def between(self, group: Iterable[Hashable]) -> tuple[float, float]:
        """The least and the most that can be in a group of cells, as far as the bounds tell."""
        if (found := self.exactly(group)) is not None:
            return float(found), float(found)
        pairs = [self.bounds.get(cell, (0, float("inf"))) for cell in group]
        return sum(low for low, _high in pairs), sum(high for _low, high in pairs)

    def _reduced(self, row: Row, total: Fraction) -> tuple[Row, Fraction]:
        row = dict(row)
        for pivot in [cell for cell in row if cell in self.rows]:
            factor = row.get(pivot)
            if not factor:
                continue
            solved, value = self.rows[pivot]
            for cell, weight in solved.items():
                row[cell] = row.get(cell, Fraction(0)) - factor * weight
                if not row[cell]:
                    del row[cell]
            total -= factor * value
        return row, total

    def _learn(self, row: Row, total: Fraction) -> None:
        row, total = self._reduced(row, total)
        if not row:
            assert total == 0, "published numbers contradict each other"
            return
        pivot = next(iter(row))
        lead = row[pivot]
        row, total = {cell: weight / lead for cell, weight in row.items()}, total / lead
        for other, (solved, value) in list(self.rows.items()):
            if factor := solved.get(pivot):
                merged = dict(solved)
                for cell, weight in row.items():
                    merged[cell] = merged.get(cell, Fraction(0)) - factor * weight
                    if not merged[cell]:
                        del merged[cell]
                self.rows[other] = merged, value - factor * total
        self.rows[pivot] = row, total

    def _narrow(self) -> None:
        """Every cell is at least 0 and at most what its sums leave of the others."""
        moved = True
        while moved:
            moved = False
            for cells, total in self.said:
                lows = {cell: self.bounds.get(cell, (0, float("inf")))[0] for cell in cells}
                highs = {cell: self.bounds.get(cell, (0, float("inf")))[1] for cell in cells}
                low_sum, high_sum = sum(lows.values()), sum(highs.values())
                for cell in cells:
                    low = (
                        max(lows[cell], total - (high_sum - highs[cell]))
                        if high_sum < float("inf")
                        else lows[cell]
                    )
                    high = min(highs[cell], total - (low_sum - lows[cell]))
                    if (low, high) != self.bounds.get(cell):
                        moved = moved or (low, high) != (lows[cell], highs[cell])
                        self.bounds[cell] = low, high
