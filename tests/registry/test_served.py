"""The folder that web servers find pages in holds the pages of its publication, whichever folder it was made from."""

import gzip
import random
import shutil
import threading

import pytest

from tests.registry.published import Press, public_id_of, workplace
from wsr.registry import folder, served

RECORDS = 60


@pytest.fixture
def press(tmp_path):
    return Press(tmp_path / "garment")


def publish(press, numbers, redact=()):
    """Those workplaces, under names of this publication, written on their pages as well."""
    contents = dict(workplace(number, f"Name {press.number + 1}") for number in numbers)
    contents |= {
        public_id_of(n): ("workplace", {"reason": "court_order", "redacted_versions": [1]}, {})
        for n in redact
    }
    press.publish(
        contents,
        redact=[public_id_of(number) for number in redact],
        page=lambda record: f"{record['public_id']} {len(record['versions'])}".encode(),
    )


def in_shards(press, number):
    """{name: file} of the pages of a publication, by way of its shards."""
    public = press.program / "snapshots" / str(number) / "public"
    return {path.name: path.stat().st_ino for path in public.glob("r/*/*.html.gz")}


def in_folder(press, number):
    path = press.program / "snapshots" / str(number) / served.PAGES
    return {file.name: file.stat().st_ino for file in path.iterdir()}


@pytest.mark.parametrize("seed", range(3))
def test_every_publication_has_its_own_pages_and_the_one_before_keeps_its(press, seed):
    chance = random.Random(seed)
    publish(press, range(RECORDS // 2))
    for number in range(2, 9):
        publish(press, chance.sample(range(RECORDS), chance.choice([1, 5, 20])), redact=[number])
        assert in_folder(press, number) == in_shards(press, number)
        assert in_folder(press, number - 1) == in_shards(press, number - 1)
        folder.prune(press.program, number - 2)


def test_the_folder_is_taken_over_and_not_made_anew(press):
    for _publication in range(3):
        publish(press, range(5))
    first = (press.program / "snapshots" / "1" / served.PAGES).exists()
    taken = (press.program / "snapshots" / "3" / served.PAGES).stat().st_ino
    publish(press, [1])
    publish(press, [2])

    assert not first
    assert (press.program / "snapshots" / "5" / served.PAGES).stat().st_ino == taken


def test_a_publication_whose_folder_was_lost_does_not_hold_up_the_next(press):
    for number in range(1, 4):
        publish(press, range(number, RECORDS))
        lost = press.program / "snapshots" / str(number) / served.PAGES
        if number == 2:
            next(lost.iterdir()).unlink()
    shutil.rmtree(press.program / "snapshots" / "3" / served.PAGES)
    publish(press, range(RECORDS))
    publish(press, range(RECORDS))

    assert in_folder(press, 5) == in_shards(press, 5)


def test_whoever_reads_while_publications_follow_each_other_gets_the_old_page_or_the_new(press):
    publish(press, range(RECORDS))
    wrong, over = [], threading.Event()

    def read(number):
        path, versions = press.program / "current" / served.PAGES / f"{public_id_of(number)}.html.gz", [1]
        while not over.is_set():
            try:
                versions.append(int(gzip.decompress(path.read_bytes()).split()[1]))
            except (OSError, ValueError, EOFError) as error:
                wrong.append(error)
            if versions[-2] > versions[-1]:
                wrong.append(versions[-2:])

    readers = [threading.Thread(target=read, args=[number]) for number in range(3)]
    for reader in readers:
        reader.start()
    for number in range(2, 12):
        publish(press, range(RECORDS))
        folder.prune(press.program, number - folder.KEPT_SNAPSHOTS + 1)
    over.set()
    for reader in readers:
        reader.join()
    assert wrong == []
