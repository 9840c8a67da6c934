"""`manage.py draw_world`: for maintainers; draws the outlines of the maps anew from TopoJSON."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

type Point = tuple[int, int]


class Command(BaseCommand):
    """Write an SVG with two paths, `land` and `borders`: degrees times `--units`, longitude to the right, latitude downward.

    Source: Natural Earth (public domain), as the npm package world-atlas ships it: `countries-110m.json`, `countries-50m.json`.
    """

    help = "Draw the outlines behind the maps from a TopoJSON file of the npm package world-atlas."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file to read, the file to write, and how fine."""
        parser.add_argument("topojson", type=Path)
        parser.add_argument("svg", type=Path)
        parser.add_argument("--units", type=int, default=10, help="units of the drawing per degree")

    def handle(self, *args: Any, topojson: Path, svg: Path, units: int, **options: Any) -> None:
        """Draw."""
        topology = json.loads(topojson.read_bytes())
        arcs = [_decoded(arc, topology["transform"], units) for arc in topology["arcs"]]
        land = "".join(
            _ring(ring, arcs)
            for geometry in topology["objects"]["land"]["geometries"]
            for ring in _rings(geometry)
        )
        seen: dict[int, int] = {}
        for geometry in topology["objects"]["countries"]["geometries"]:
            for index in {number if number >= 0 else ~number for ring in _rings(geometry) for number in ring}:
                seen[index] = seen.get(index, 0) + 1
        borders = "".join(_line(arcs[index]) for index, times in sorted(seen.items()) if times > 1)
        svg.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-180 * units} {-90 * units} {360 * units} {180 * units}">'
            "<!-- Natural Earth, public domain; drawn by manage.py draw_world -->"
            f'<path id="land" d="{land}"/><path id="borders" vector-effect="non-scaling-stroke" d="{borders}"/></svg>\n'
        )
        self.stdout.write(f"{svg}: {svg.stat().st_size:,} bytes")


def _rings(geometry: dict[str, Any]) -> list[list[int]]:
    if geometry["type"] == "Polygon":
        rings: list[list[int]] = geometry["arcs"]
        return rings
    return [ring for polygon in geometry.get("arcs", []) for ring in polygon]


def _decoded(arc: list[list[int]], transform: dict[str, list[float]], units: int) -> list[Point]:
    """An arc in units of the drawing, without points that fall on the one before."""
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    x = y = 0
    points: list[Point] = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        point = (round((x * scale_x + move_x) * units), -round((y * scale_y + move_y) * units))
        if not points or points[-1] != point:
            points.append(point)
    return points


def _ring(indexes: list[int], arcs: list[list[Point]]) -> str:
    points: list[Point] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points and points[-1] == arc[0] else arc
    return f"{_line(points)}z" if len(set(points)) > 2 else ""


def _line(points: list[Point]) -> str:
    """Relative steps are shorter than places."""
    if len(points) < 2:
        return ""
    (x, y), steps = points[0], ""
    said = f"M{x} {y}l"
    for next_x, next_y in points[1:]:
        step_y = next_y - y
        steps += f"{' ' if steps and next_x >= x else ''}{next_x - x}{'' if step_y < 0 else ' '}{step_y}"
        x, y = next_x, next_y
    return said + steps
