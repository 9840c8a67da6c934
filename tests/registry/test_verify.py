"""The stand-alone check: it passes on what was published and names what was touched."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.registry.published import Press, press_of_three, public_id_of, workplace
from wsr.registry import verify
from wsr.registry.ids import printed


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    return press_of_three(tmp_path_factory.mktemp("published") / "fair-food")


@pytest.fixture
def copy(press, tmp_path):
    """A copy that may be damaged, with real folders instead of links, as after a download."""
    return Path(shutil.copytree(press.public.resolve(), tmp_path / "copy", symlinks=False))


def files_of(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_was_published_holds(press, copy):
    assert verify.verify(press.public) == verify.verify(copy) == verify.verify(copy, press.verifier)
    assert "13 records, 17 versions, 3 publications" in verify.verify(copy)


def test_the_download_is_checked_by_its_own_script_and_nothing_else(press, tmp_path):
    with zipfile.ZipFile(press.program / "current" / "registry.zip") as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "."], cwd=tmp_path, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("OK – registry.example/registry/fair-food: 13 records")
    victim = sorted((tmp_path / "r").glob("*/records.jsonl"))[0]
    victim.write_bytes(victim.read_bytes().replace(b"shirts", b"skirts", 1))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "."], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "FAILED – record" in done.stderr


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_byte_of_any_file_can_be_changed(copy, data):
    path = copy / data.draw(
        st.sampled_from([name for name in files_of(copy) if (copy / name).stat().st_size])
    )
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != before[at]))
    path.write_bytes(before[:at] + bytes([other]) + before[at + 1 :])
    try:
        with pytest.raises(verify.Failure) as failure:
            verify.verify(copy)
    finally:
        path.write_bytes(before)

    name = path.relative_to(copy).as_posix()
    if path.stem.partition(".")[0] in map(public_id_of, range(100)):
        assert printed(path.stem.partition(".")[0]) in str(failure.value)
    elif name.startswith(("data/", "checkpoints/", "consistency/", "verify.py", "README")):
        assert name in str(failure.value) or "head" in str(failure.value)


def swap(old, new):
    return lambda path: path.write_bytes(path.read_bytes().replace(old, new, 1))


ID = public_id_of(3)
WHERE = f"r/{ID[-3:-1]}"


@pytest.mark.parametrize(("file", "damage", "named"), [
    (f"{WHERE}/records.jsonl", swap(b"New name", b"Bad name"), printed(ID)),
    (f"{WHERE}/{ID}.json", swap(b"New name", b"Bad name"), printed(ID)),
    (f"{WHERE}/{ID}.json", Path.unlink, printed(ID)),
    (f"{WHERE}/{ID}.html.gz", Path.unlink, printed(ID)),
    (f"{WHERE}/records.jsonl", Path.unlink, "among the records"),
    ("data/workplaces.csv", swap(b"New name", b"Bad name"), printed(ID)),
    ("data/workplaces.json", swap(b"New name", b"Bad name"), printed(ID)),
    ("data/workplaces.geojson", swap(b"New name", b"Bad name"), printed(ID)),
    ("registry.sqlite", swap(b"New name", b"Bad name"), printed(ID)),
    ("data/brands.csv", lambda path: path.write_bytes(path.read_bytes() + b"X,Y\n"), "data/brands.csv"),
    ("data/brands.csv", Path.unlink, "data/brands.csv"),
    ("log/leaves-000000", lambda path: path.write_bytes(path.read_bytes().split(b"\n", 1)[1]), "log"),
    ("log/leaves-000000", swap(b'"version":2', b'"version":3'), printed(ID)),
    ("consistency/1-2", Path.unlink, "consistency/1-2"),
    ("consistency/1-2", lambda path: path.write_bytes(b""), "consistency/1-2"),
    ("checkpoints/2", Path.unlink, "checkpoints/2"),
    ("checksums", swap(b"0", b"1"), "checksums"),
    ("checkpoint", lambda path: path.write_bytes((path.parent / "checkpoints/2").read_bytes()), "old head"),
    ("checkpoints/3", lambda path: path.write_bytes((path.parent / "2").read_bytes()), "checkpoints/3"),
    ("log/extra", lambda path: path.write_bytes(b"x"), "log/extra"),
])  # fmt: skip
def test_each_kind_of_damage_is_named(copy, file, damage, named):
    damage(copy / file)

    with pytest.raises(verify.Failure) as failure:
        verify.verify(copy)
    assert named in str(failure.value)


def test_a_record_taken_out_of_every_file_is_still_missed(copy):
    (copy / WHERE / "records.jsonl").write_bytes(
        b"\n".join(
            line
            for line in (copy / WHERE / "records.jsonl").read_bytes().split(b"\n")
            if ID.encode() not in line
        )
    )

    with pytest.raises(
        verify.Failure, match=f"record {printed(ID)}: it is in the log and not among the records"
    ):
        verify.verify(copy)


def test_a_record_smuggled_in_is_named(copy):
    line = (copy / WHERE / "records.jsonl").read_bytes().split(b"\n")[0]
    stranger = public_id_of(77)
    path = copy / f"r/{stranger[-3:-1]}"
    path.mkdir(exist_ok=True)
    (path / "records.jsonl").write_bytes(line.replace(ID.encode(), stranger.encode()) + b"\n")

    with pytest.raises(verify.Failure, match=printed(stranger)):
        verify.verify(copy)


def test_the_whole_folder_of_an_earlier_day_is_refused_by_who_kept_a_newer_head(press, tmp_path):
    earlier = press.program / "snapshots" / "2" / "public"
    newest = (press.public / "checkpoint").read_bytes()

    assert "2 publications" in verify.verify(earlier)
    with pytest.raises(verify.Failure, match="older than the head you kept"):
        verify.verify(earlier, since=newest)
    assert verify.verify(press.public, since=(earlier / "checkpoint").read_bytes())


def test_a_rewritten_history_is_refused_by_who_kept_a_head(press, tmp_path):
    other = Press(tmp_path / "fair-food")
    other.publish(dict([workplace(1, "Another past")]))
    other.publish(dict([workplace(2)]))
    kept = (press.public / "checkpoints" / "1").read_bytes()

    assert verify.verify(other.public)
    with pytest.raises(verify.Failure, match="rewritten"):
        verify.verify(other.public, since=kept)


def test_another_key_is_refused(press, tmp_path):
    other = Press(tmp_path / "fair-food", seed=2)
    other.publish(dict([workplace(1)]))

    assert verify.verify(other.public)
    with pytest.raises(verify.Failure, match="signature"):
        verify.verify(other.public, press.verifier)
    with pytest.raises(verify.Failure, match="key"):
        verify.verify(other.public, "not a key")


def test_an_unsigned_head_is_refused(copy):
    body = (copy / "checkpoint").read_text().split("\n\n")[0]
    (copy / "checkpoint").write_text(f"{body}\n\n")

    with pytest.raises(verify.Failure, match="not a signed head"):
        verify.verify(copy)


def test_only_what_changed_is_written_again(press):
    first, last = (press.program / "snapshots" / name / "public" for name in ("1", "3"))
    unchanged = next(
        path
        for path in first.glob("r/*/*.html.gz")
        if path.name[:10] not in {public_id_of(n) for n in (3, 4, 5, 6)}
    )

    assert (last / unchanged.relative_to(first)).stat().st_ino == unchanged.stat().st_ino
    assert len(list((press.program / "shards").iterdir())) < 3 * 13


def test_a_redaction_leaves_no_trace_once_old_snapshots_are_gone(tmp_path):
    from wsr.registry import folder

    press = press_of_three(tmp_path / "fair-food")
    folder.prune(press.program, oldest=3)
    gone = 'Würk, \\"6\\"'.encode()

    assert verify.verify(press.public)
    held = b"".join(path.read_bytes() for path in (press.program).rglob("*") if path.is_file())
    assert (gone in held, 'Würk, "6"'.encode() in held, 'Würk, \\"7\\"'.encode() in held) == (
        False,
        False,
        True,
    )


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 63), st.integers(1, 255))
@settings(max_examples=25, deadline=None)
def test_our_ed25519_agrees_with_the_library(seed, message, at, change):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    bent = signature[:at] + bytes([signature[at] ^ change]) + signature[at + 1 :]

    assert verify.signature_holds(public, message, signature)
    assert not verify.signature_holds(public, message + b"x", signature)
    assert not verify.signature_holds(public, message, bent)


def test_the_rfc_8032_vector():
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )

    assert verify.signature_holds(public, b"\x72", signature)
    too_large = signature[:32] + (int.from_bytes(signature[32:], "little") + verify.L).to_bytes(32, "little")
    assert not verify.signature_holds(public, b"\x72", too_large)
