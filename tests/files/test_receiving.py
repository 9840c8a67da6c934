"""Uploads in pieces: any cuts, any order, any number of times; resumed, refused, raced, killed."""

import threading
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import database, factories
from tests.factories import AT
from tests.files import making
from wsr.accounts.grants import Role
from wsr.files import operations, receiving
from wsr.files.models import StoredFile, Upload
from wsr.files.pipeline import CannotTake
from wsr.tenancy import Audience, program_scope

TEXT = b"supplier,amount\n" + b"".join(b"A,%d\n" % number for number in range(400))


class Device:
    """Sends one file on behalf of one person."""

    def __init__(self, program, person, content=TEXT, **said):
        self.program, self.person, self.content = program, person, content
        self.said = {
            "size": len(content),
            "sha256": making.sha256(content),
            "name": "list.csv",
            "chunk_size": 1024,
            **said,
        }

    def scope(self):
        return program_scope(self.program.pk, person_id=self.person.pk)

    def open(self, **said):
        with self.scope():
            self.upload = receiving.open_upload(by=self.person, at=AT, **{**self.said, **said})
        return self.upload

    def put(self, offset, end, content=None):
        piece = self.content[offset:end] if content is None else content
        with self.scope():
            return receiving.put_chunk(
                upload_id=self.upload.pk, offset=offset, content=piece, by=self.person, at=AT
            ).received

    def received(self):
        with self.scope():
            return receiving.state_of(upload_id=self.upload.pk, by=self.person).received

    def finish(self):
        with self.scope():
            return receiving.finish(upload_id=self.upload.pk, by=self.person, at=AT)

    def send(self):
        """All of what is not there yet, then finish."""
        self.open()
        for offset in range(self.received(), len(self.content), 1024):
            self.put(offset, offset + 1024)
        return self.finish()


@pytest.fixture
def device(program, director):
    return Device(program, director)


def test_a_file_arrives_and_only_the_clean_copy_stays(device):
    device.content = making.jpeg((400, 300))
    device.said |= {
        "size": len(device.content),
        "sha256": making.sha256(device.content),
        "name": "../../etc/IMG 1.HEIC",
    }
    with device.scope():
        device.open()
        assert str(device.upload.pk) in str(device.upload.path)
    file = device.send()
    assert (file.name, file.media_type) == ("IMG 1.jpg", "image/jpeg")
    assert file.path.read_bytes() != device.content
    assert making.sha256(file.path.read_bytes()) == file.sha256
    assert device.finish() == file
    with device.scope():
        taken = receiving.taken(upload_id=device.upload.pk, by=device.person, at=AT)
    assert (taken.sent_sha256, float(taken.place.latitude)) == (making.sha256(device.content), 23.810139)


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    pieces=st.lists(st.tuples(st.integers(0, 2500), st.integers(1, 1024)), max_size=25),
    reopened=st.booleans(),
)
def test_any_order_and_any_cuts_end_in_the_same_file(device, pieces, reopened):
    content = TEXT[:2500]
    one = Device(device.program, device.person, content + uuid4().hex.encode())
    one.open()
    there = 0
    for offset, length in pieces:
        end = min(offset + length, len(one.content))
        if offset >= end:
            continue
        if offset > there:
            with pytest.raises(receiving.OutOfOrder) as early:
                one.put(offset, end)
            assert early.value.received == there
        else:
            there = max(there, end)
            assert one.put(offset, end) == there
        assert one.received() == there
    if reopened:
        assert one.open().pk == one.upload.pk
    if there < len(one.content):
        with pytest.raises(receiving.NotWhole) as refusal:
            one.finish()
        assert refusal.value.received == there
    assert one.send().path.read_bytes() == one.content


def test_a_piece_sent_again_changes_nothing_and_other_bytes_are_refused(device):
    device.open()
    assert device.put(0, 1000) == 1000
    assert device.put(0, 1000) == 1000
    assert device.put(500, 1500) == 1500
    with pytest.raises(receiving.OtherBytes):
        device.put(0, 0, content=b"x" * 100)
    with pytest.raises(receiving.OutOfOrder, match="has 1500 bytes"):
        device.put(1600, 1700)
    assert device.received() == 1500


@pytest.mark.parametrize(
    ("offset", "content"),
    [(0, b""), (0, b"x" * 1025), (-1, b"x"), (len(TEXT), b"x")],
    ids=["empty", "too long", "before the start", "beyond the end"],
)
def test_a_piece_that_cannot_be_is_refused(device, offset, content):
    device.open()
    with pytest.raises(receiving.CannotReceive):
        device.put(offset, 0, content=content)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"size": 0}, CannotTake),
        ({"size": 10**12}, operations.FileTooLarge),
        ({"sha256": "abc"}, receiving.CannotReceive),
        ({"sha256": "z" * 64}, receiving.CannotReceive),
        ({"chunk_size": 10}, receiving.CannotReceive),
        ({"chunk_size": 10**9}, receiving.CannotReceive),
    ],
)
def test_what_cannot_be_is_not_opened(device, said, error):
    with pytest.raises(error):
        device.open(**said)


def test_an_id_of_the_device_counts_once(device):
    made = uuid4()
    assert device.open(upload_id=made).pk == made
    assert device.open(upload_id=uuid4()).pk == made
    with pytest.raises(receiving.CannotReceive, match="belongs to another upload"):
        device.open(upload_id=made, sha256="0" * 64)
    with pytest.raises(receiving.CannotReceive, match="another size"):
        device.open(size=len(TEXT) + 1)


def test_the_wrong_hash_is_refused_and_the_file_may_be_sent_again(device):
    device.open()
    wrong = b"B" + TEXT[1:]
    for offset in range(0, len(TEXT), 1024):
        device.put(offset, 0, content=wrong[offset : offset + 1024])
    with pytest.raises(operations.WrongHash):
        device.finish()
    with device.scope():
        assert StoredFile.objects.count() == 0
    assert device.received() == 0
    assert device.send().path.read_bytes() == TEXT


def test_what_is_refused_leaves_no_bytes(device):
    device.content = making.SVG
    device.said |= {"size": len(making.SVG), "sha256": making.sha256(making.SVG)}
    with pytest.raises(CannotTake, match="SVG drawings"):
        device.send()
    assert [path for path in django_settings.FILES_DIR.rglob("*") if path.is_file()] == []


def test_quotas_hold_for_a_person_and_for_the_program(device, settings):
    other = Device(device.program, factories.member(device.program, Role.DIRECTOR), TEXT + b"B,1\n")
    settings.UPLOAD_QUOTA_PERSON = len(TEXT) + 1
    device.open()
    with pytest.raises(receiving.OverQuota):
        device.open(sha256="1" * 64, size=2)
    settings.UPLOAD_QUOTA_PROGRAM = 2 * len(TEXT)
    with pytest.raises(receiving.OverQuota):
        other.open()
    with device.scope():
        receiving.abandon(upload_id=device.upload.pk, by=device.person)
    other.said["size"] = len(TEXT)
    assert other.open().received == 0


def test_nobody_else_sees_or_touches_an_upload(device, other_program):
    device.open()
    device.put(0, 100)
    colleague = factories.member(device.program, Role.DIRECTOR)
    stranger = factories.member(other_program, Role.DIRECTOR)
    for program, person in ((device.program, colleague), (other_program, stranger)):
        with program_scope(program.pk, person_id=person.pk):
            assert Upload.objects.count() == 0
            with pytest.raises(Upload.DoesNotExist):
                receiving.put_chunk(upload_id=device.upload.pk, offset=100, content=b"x", by=person, at=AT)


def test_a_portal_sends_for_itself_alone(program):
    organization = factories.organization(name="Brand")
    part = factories.participation(program, "brand", organization=organization)
    person = factories.member(program, Role.BRAND_OFFICER, organization=organization)
    with program_scope(program.pk, Audience.BRAND, person_id=person.pk, organization_id=organization.pk):
        made = receiving.open_upload(
            name="a.txt",
            size=5,
            sha256=making.sha256(b"hello"),
            chunk_size=1024,
            participation_id=uuid4(),
            by=person,
            at=AT,
        )
        receiving.put_chunk(upload_id=made.pk, offset=0, content=b"hello", by=person, at=AT)
        assert receiving.finish(upload_id=made.pk, by=person, at=AT).participation_id == part.pk


def test_a_process_killed_between_bytes_and_row_loses_and_doubles_nothing(device):
    """What a kill leaves: bytes on disk of which the row knows nothing, or the other way round after a disk was restored."""
    device.open()
    device.put(0, 1000)
    with device.scope():
        path = Upload.objects.get().path
    with path.open("ab") as file:
        file.write(b"half a piece that was never on record")
    assert device.received() == 1000
    assert device.put(1000, 2000) == 2000
    path.write_bytes(path.read_bytes()[:300])
    assert device.received() == 300
    with pytest.raises(receiving.OutOfOrder):
        device.put(2000, 2500)
    assert device.send().path.read_bytes() == TEXT


def test_two_devices_send_the_same_file_at_once(transactional_db):
    program = factories.program()
    person = factories.member(program, Role.DIRECTOR)
    devices = [Device(program, person, making.jpeg((300, 200)), name="a.jpg") for _ in range(3)]
    start, kept, errors = threading.Barrier(3), [], []

    def run(one):
        try:
            start.wait()
            one.open()
            while (there := one.received()) < len(one.content):
                try:
                    one.put(there, there + 1024)
                except receiving.OutOfOrder:
                    continue
            kept.append(one.finish().pk)
        except Exception as error:
            errors.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in devices]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (errors, len(set(kept)), len(kept)) == ([], 1, 3)
    with program_scope(program.pk, person_id=person.pk):
        assert (Upload.objects.count(), StoredFile.objects.count()) == (1, 1)
    assert [path for path in (django_settings.FILES_DIR / ".uploads").rglob("*") if path.is_file()] == []
