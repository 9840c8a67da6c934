"""The icons: paths on a 20 × 20 grid, drawn by the `icon` tag as inline SVG. Named in FLIPS: mirrored in right-to-left text."""

from collections.abc import Mapping

ICONS: Mapping[str, str] = {
    "back": "M12 4 6 10l6 6",
    "forward": "m8 4 6 6-6 6",
    "up": "m4 12 6-6 6 6",
    "down": "m4 8 6 6 6-6",
    "close": "m5 5 10 10M15 5 5 15",
    "check": "m4 10.5 4 4 8-9",
    "plus": "M10 4v12M4 10h12",
    "search": "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12Zm4.5-1.5L17 17",
    "filter": "M3 5h14M6 10h8M8.5 15h3",
    "columns": "M3 4h14v12H3zM8 4v12M12.5 4v12",
    "download": "M10 3v9m-4-3.5 4 4 4-4M4 16.5h12",
    "upload": "M10 12.5v-9m-4 3.5 4-4 4 4M4 16.5h12",
    "bookmark": "M6 3h8v14l-4-3.5L6 17z",
    "clock": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-11v4.2l2.8 1.8",
    "bell": "M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17.5h3",
    "person": "M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10Zm-6 7c.6-3 3-4.5 6-4.5s5.4 1.5 6 4.5",
    "edit": "m4 16 .8-3.4L13.6 3.8l2.6 2.6-8.8 8.8z",
    "print": "M6 8V3h8v5M6 14H3.5V8h13v6H14M6 12h8v5H6z",
    "help": "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM8 8a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4m0 2.3v.2",
    "refresh": "M16 10a6 6 0 1 1-1.9-4.4M16.5 2.5V6H13",
}
FLIPS = frozenset({"back", "forward"})
