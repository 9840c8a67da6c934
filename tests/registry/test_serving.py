"""Between the commit of a publication and its being served: other publishers, and crashes."""

import shutil
import threading

from django.db import connections

from programs.models import Workplace
from wsr.registry import operations, publishing, tasks, verify
from wsr.registry.enums import Reason, Wish
from wsr.tenancy import program_scope


def redact(office, subject, at):
    with program_scope(office.program.pk):
        operations.instruct(
            kind="workplace", subject_id=subject.pk, wish=Wish.REDACTION, note="It showed a home.",
            reason_code=Reason.PRIVACY, by=office.director, at=at,
        )  # fmt: skip


def rename_all(office, name):
    with program_scope(office.program.pk):
        Workplace.objects.update(name=name)


def test_serving_one_publication_does_not_disturb_the_next_one_being_written(office):
    """The first publisher is slow after its commit; the second one writes its shards already."""
    office.publish()
    rename_all(office, "Renamed")
    threads = []

    def serve_again():
        try:
            publishing.serve(office.program)
        finally:
            connections.close_all()

    def while_writing(done, total):
        if done == total:
            threads.append(threading.Thread(target=serve_again))
            threads[0].start()
            threads[0].join(timeout=1)

    office.publish(progress=while_writing)
    threads[0].join()

    assert "7 records, 11 versions, 2 publications" in verify.verify(office.public)


def test_what_was_redacted_leaves_the_disk_although_the_publisher_died_before_it_cleaned_up(office, at):
    office.publish()
    folder = publishing.program_folder(office.program)
    before = folder.with_name("before")
    shutil.copytree(folder, before, symlinks=True)
    redact(office, office.exact, at)
    office.publish()
    for name in ("snapshots", "shards", "parts"):  # as it lay there before the clean-up
        shutil.copytree(before / name, folder / name, symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(before)
    assert mentions(folder, "Asrotex Unit 1")

    tasks.finish()

    assert not mentions(folder, "Asrotex Unit 1")
    assert verify.verify(office.public)


def test_a_later_publication_keeps_nothing_from_before_a_redaction(office, at):
    office.publish()
    redact(office, office.exact, at)
    office.publish()
    rename_all(office, "Renamed")
    office.publish()

    served = publishing.program_folder(office.program)
    assert sorted(publishing.folder.snapshots(served)) == [2, 3]
    assert not mentions(served, "Asrotex Unit 1")


def test_pressing_publish_twice_at_the_same_moment_starts_one_publication(office, at):
    refused = []

    def press():
        with program_scope(office.program.pk):
            operations.start_publication(by=office.director, at=at)

    def press_too():
        try:
            press()
        except operations.CannotInstruct as error:
            refused.append(error)
        finally:
            connections.close_all()

    with program_scope(office.program.pk):
        press()
        thread = threading.Thread(target=press_too)
        thread.start()
        thread.join(timeout=1)
    thread.join()

    assert len(refused) == 1


def mentions(folder, name):
    """Whether any JSON of the folder has this name."""
    return any(name.encode() in path.read_bytes() for path in folder.rglob("*.json*") if path.is_file())
