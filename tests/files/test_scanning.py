"""The virus scanner: a small server that speaks the protocol of clamd, for real, over a real socket."""

import socket
import struct
import tempfile
import threading
from pathlib import Path

import pytest

from tests.factories import AT
from tests.files import making
from wsr.files import operations, receiving
from wsr.files.models import StoredFile
from wsr.files.pipeline import CannotTake
from wsr.tenancy import program_scope

VIRUS = b"this stands for a virus"


class Scanner(threading.Thread):
    """Answers INSTREAM as clamd does, until it is closed."""

    def __init__(self, listening, *, limit=10**9, broken=False):
        super().__init__(daemon=True)
        self.socket, self.limit, self.broken, self.heard = listening, limit, broken, []
        self.socket.listen()
        self.start()

    def run(self):
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                if self.broken:
                    continue
                if stream.read(6) == b"zPING\0":
                    stream.write(b"PONG\0")
                    continue
                assert stream.read(4) == b"EAM\0"
                content = b""
                while size := struct.unpack(">I", stream.read(4))[0]:
                    content += stream.read(size)
                    if len(content) > self.limit:
                        stream.write(b"INSTREAM size limit exceeded. ERROR\0")
                        break
                else:
                    self.heard.append(content)
                    stream.write(b"stream: Test.Virus FOUND\0" if VIRUS in content else b"stream: OK\0")

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.join()


@pytest.fixture
def scanner(settings):
    """Start one: at a TCP port of this machine, or at a path."""
    started = []

    def start(path="", **said):
        if path:
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(path)
            settings.CLAMAV = f"unix:{path}"
        else:
            listening = socket.create_server(("127.0.0.1", 0))
            settings.CLAMAV = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        started.append(Scanner(listening, **said))
        return started[-1]

    yield start
    for one in started:
        one.close()


def take(program, content):
    with program_scope(program.pk):
        return operations.take_in(chunks=[content], name="a.txt", by=None, at=AT).file


@pytest.mark.parametrize("is_unix", [False, True])
def test_what_was_sent_is_scanned_whole_before_it_is_cleaned(program, scanner, is_unix):
    with tempfile.TemporaryDirectory() as folder:
        one = scanner(str(Path(folder) / "clamd") if is_unix else "")
        content = b"line\n" * 40_000
        assert take(program, content).path.read_bytes() == content
        photo = making.jpeg(tail=b"anything behind it")
        take(program, photo)
        assert one.heard == [content, photo]


def test_what_is_infected_is_refused_and_not_kept(program, scanner, settings):
    scanner()
    with pytest.raises(CannotTake, match="virus scanner found something") as refusal:
        take(program, making.jpeg(tail=VIRUS))
    assert refusal.value.code == "infected"
    assert [path for path in settings.FILES_DIR.rglob("*") if path.is_file()] == []
    with program_scope(program.pk):
        assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("how", ["nobody listens", "hangs up", "refuses the size"])
def test_without_an_answer_nothing_is_taken(program, scanner, settings, how):
    if how == "nobody listens":
        with socket.create_server(("127.0.0.1", 0)) as listening:
            settings.CLAMAV = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    else:
        scanner(broken=how == "hangs up", limit=10)
    with pytest.raises(CannotTake, match="cannot be checked for viruses at the moment"):
        take(program, b"a harmless text " * 10)


def test_the_check_of_the_installation_names_a_scanner_that_does_not_answer(scanner, settings):
    from wsr.management.commands.check_install import check_scanner

    assert list(check_scanner()) == []
    scanner()
    assert list(check_scanner()) == []
    settings.CLAMAV = "unix:/nowhere/clamd"
    assert [finding.sentence for finding in check_scanner()] == [
        "The virus scanner at WSR_CLAMAV does not answer, so no file is taken: start it, or unset WSR_CLAMAV."
    ]


def test_an_upload_waits_for_a_scanner_that_is_down(program, director, scanner, settings):
    settings.CLAMAV = "unix:/nowhere/clamd"
    with program_scope(program.pk, person_id=director.pk):
        said = {"by": director, "at": AT}
        made = receiving.open_upload(
            name="a.txt", size=5, sha256=making.sha256(b"hello"), chunk_size=1024, **said
        )
        receiving.put_chunk(upload_id=made.pk, offset=0, content=b"hello", **said)
        with pytest.raises(CannotTake):
            receiving.finish(upload_id=made.pk, **said)
        assert receiving.state_of(upload_id=made.pk, by=director).received == 5
        scanner()
        assert receiving.finish(upload_id=made.pk, **said).path.read_bytes() == b"hello"
