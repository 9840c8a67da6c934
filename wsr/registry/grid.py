"""The grid of the map: views, their cells, and how many records each cell holds. No cell is finer than a rounded place.

A view is 16 × 8 cells; each zoom halves the cells. Cells are counted eastward from 180° W and southward from 90° N. Places that
the program rounds to a tenth of a degree and exact ones look alike here, because the finest cell is wider than a tenth.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, IntegerField, Min, Q, QuerySet
from django.db.models.functions import Floor

COLUMNS, ROWS = 16, 8
FINEST = 7  # a cell of 0.176 degrees; the next one would be finer than a rounded place
COUNTRY = 4  # a view of 22.5 degrees


@dataclass(frozen=True)
class Area:
    """A stretch of cells at one zoom: the first one from the northwest, and how many in each direction."""

    zoom: int = 0
    x: int = 0
    y: int = 0
    columns: int = COLUMNS
    rows: int = ROWS

    @classmethod
    def read(cls, text: str) -> "Area | None":
        """From an address, such as `3.60.20.16.8`, moved onto the map; None where it is none."""
        parts = text.split(".")
        if len(parts) != 5 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
            return None
        zoom, x, y, columns, rows = map(int, parts)
        if zoom > FINEST or not 1 <= columns <= COLUMNS or not 1 <= rows <= ROWS:
            return None
        return cls(zoom, x, y, columns, rows).on_the_map()

    def __str__(self) -> str:
        return f"{self.zoom}.{self.x}.{self.y}.{self.columns}.{self.rows}"

    @property
    def degrees(self) -> float:
        """How wide and high a cell is."""
        return 360 / (COLUMNS << self.zoom)

    @property
    def west(self) -> float:
        """Degrees."""
        return self.x * self.degrees - 180

    @property
    def north(self) -> float:
        """Degrees."""
        return 90 - self.y * self.degrees

    def on_the_map(self) -> "Area":
        """The same size, moved so that it lies on the map as a whole."""
        most_x, most_y = (COLUMNS << self.zoom) - self.columns, (ROWS << self.zoom) - self.rows
        return Area(
            self.zoom, min(max(self.x, 0), most_x), min(max(self.y, 0), most_y), self.columns, self.rows
        )

    def moved(self, columns: int, rows: int) -> "Area":
        """A view beside it, as far as the map goes."""
        return Area(self.zoom, self.x + columns, self.y + rows, self.columns, self.rows).on_the_map()

    def around(self, x: int, y: int, steps: int = 1) -> "Area":
        """The view that is `steps` zooms nearer, with this cell in its middle; farther for a negative number."""
        zoom = min(max(self.zoom + steps, 0), FINEST)
        middle_x, middle_y = ((2 * x + 1) << (zoom + 1), (2 * y + 1) << (zoom + 1))
        found_x, found_y = middle_x >> (self.zoom + 2), middle_y >> (self.zoom + 2)
        return Area(zoom, found_x - COLUMNS // 2, found_y - ROWS // 2).on_the_map()

    def zoomed(self, steps: int) -> "Area":
        """The view nearer or farther, around the same middle."""
        return self.around(self.x + self.columns // 2, self.y + self.rows // 2, steps)

    def cell(self, x: int, y: int) -> "Area":
        """One cell of it."""
        return Area(self.zoom, x, y, 1, 1)

    def holds(self) -> Q:
        """Which records lie in it."""
        wide, high = self.columns * self.degrees, self.rows * self.degrees
        most_x = (
            self.x + self.columns == COLUMNS << self.zoom
        )  # the last column holds 180° E, the last row 90° S
        most_y = self.y + self.rows == ROWS << self.zoom
        return (
            Q(longitude__gte=self.west, latitude__lte=self.north)
            & (Q(longitude__lte=180) if most_x else Q(longitude__lt=self.west + wide))
            & (Q(latitude__gte=-90) if most_y else Q(latitude__gt=self.north - high))
        )


WORLD = Area()


def around_all(places: Iterable[tuple[float, float]]) -> Area:
    """The nearest view, no nearer than a country, that holds all these (longitude, latitude); the world where there are none."""
    found = list(places)
    if not found:
        return WORLD
    west, east = min(x for x, _y in found), max(x for x, _y in found)
    south, north = min(y for _x, y in found), max(y for _x, y in found)
    for zoom in range(COUNTRY, 0, -1):
        step = Area(zoom).degrees
        area = Area(
            zoom,
            int(((west + east) / 2 + 180) / step) - COLUMNS // 2,
            int((90 - (north + south) / 2) / step) - ROWS // 2,
        ).on_the_map()
        fits_x = area.west <= west and east < area.west + COLUMNS * step
        if fits_x and area.north >= north and south > area.north - ROWS * step:
            return area
    return WORLD


@dataclass(frozen=True)
class Cell:
    """How many records lie in a cell, and where on average (degrees); `public_id` where it is one."""

    x: int
    y: int
    count: int
    longitude: float
    latitude: float
    public_id: str = ""


def cells(rows: QuerySet[Any], area: Area) -> list[Cell]:
    """The cells of a view that hold a record, from the northwest. `rows`: listings."""
    step = area.degrees
    floored = {"x": Floor((F("longitude") + 180) / step), "y": Floor((90 - F("latitude")) / step)}
    found = (
        rows.filter(area.holds())
        .order_by()
        .annotate(**{name: ExpressionWrapper(at, IntegerField()) for name, at in floored.items()})
        .values("x", "y")
        .annotate(count=Count("*"), one=Min("public_id"), east=Avg("longitude"), north=Avg("latitude"))
        .order_by("y", "x")
    )
    last_x, last_y = area.x + area.columns - 1, area.y + area.rows - 1
    return [
        Cell(
            min(int(row["x"]), last_x),
            min(int(row["y"]), last_y),
            row["count"],
            round(row["east"], 2),
            round(row["north"], 2),
            row["one"] if row["count"] == 1 else "",
        )
        for row in found
    ]
