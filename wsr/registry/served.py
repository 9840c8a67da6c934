"""The folder that web servers find the pages of records in: `snapshots/<n>/pages`, hard links to the pages in the shards.

On the way to a page through its shard there is a second symbolic link, and folders that nobody asked for a moment ago: a
fifth of what a page costs a web server. So all pages of a publication lie in one folder. Two publications cannot share it and
filling it takes a link for each record; so a publication takes over the folder of one that is served no longer and
changes only what differs.
"""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

PAGES = "pages"

type Sums = Mapping[str, str]
"""{path: SHA-256} as the `checksums` of a publication say it"""


def lay_out(program: Path, building: Path, sums: Sums, served: int) -> None:
    """Fill the folder of a publication being built. `served`: the one that is served meanwhile; its folder is not touched."""
    left = _left_over(program, served)
    if left is None:
        held: Sums = {}
        (building / PAGES).mkdir()
    else:
        held = read_sums(left / "public" / "checksums")
        (left / PAGES).rename(building / PAGES)
    folder = os.open(building / PAGES, os.O_RDONLY)
    try:
        for name in sorted(path for path in {**held, **sums} if path.startswith("r/")):
            if held.get(name) != sums.get(name):
                _renew(program, folder, held.get(name), sums.get(name))
    finally:
        os.close(folder)


def read_sums(path: Path) -> dict[str, str]:
    """{path: SHA-256} of a list of checksums."""
    return {line[66:]: line[:64] for line in path.read_text().split("\n")[:-1]}


def _left_over(program: Path, served: int) -> Path | None:
    """The oldest publication before the one that is served which still has its folder."""
    numbers = sorted(int(path.name) for path in (program / "snapshots").glob("*") if path.name.isdigit())
    paths = (program / "snapshots" / str(number) for number in numbers if number < served)
    return next((path for path in paths if (path / PAGES).is_dir()), None)


def _renew(program: Path, folder: int, held: str | None, wanted: str | None) -> None:
    """Make the pages of one shard those of another state of it; the states are named by their hashes."""
    before, after = (_pages(program, digest) for digest in (held, wanted))
    shard = os.open(program / "shards" / wanted, os.O_RDONLY) if wanted else None
    try:
        for name in before.keys() | after.keys():
            if before.get(name) != after.get(name):
                if name in before:
                    _unlink(name, folder)
                if name in after:
                    os.link(name, name, src_dir_fd=shard, dst_dir_fd=folder)
    finally:
        if shard is not None:
            os.close(shard)


def _pages(program: Path, digest: str | None) -> dict[str, str]:
    sums = read_sums(program / "shards" / digest / "checksums") if digest else {}
    return {name: value for name, value in sums.items() if name.endswith(".html.gz")}


def _unlink(name: str, folder: int) -> None:
    with contextlib.suppress(
        FileNotFoundError
    ):  # somebody removed it; what is not in the folder is asked of Django
        os.unlink(name, dir_fd=folder)
