"""Asking ClamAV about a file as it was sent, over its socket, where the operator set one.

The protocol is INSTREAM of clamd: the command, then pieces of the file, each after its length in four bytes, then a length of zero.
Source: clamd's manual page. Without an answer nothing is taken: a scanner that is down must not become a scanner that was off.
"""

import logging
import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)
_PIECE = 64 * 1024
_SECONDS = 60
_LONGEST_ANSWER = 4096


def scan(path: Path) -> str:
    """Why a file is not taken: "infected", "no_scanner" where the scanner does not answer; empty where nothing was found or none is set."""
    if not settings.CLAMAV:
        return ""
    try:
        answer = _ask(path)
    except OSError:
        logger.exception("virus scanner not reached")
        return "no_scanner"
    if answer.endswith(" FOUND"):
        logger.warning("virus scanner found something")
        return "infected"
    if answer != "stream: OK":
        logger.error("virus scanner answered with an error")
        return "no_scanner"
    return ""


def answers() -> bool:
    """Whether the scanner that is set says that it is there."""
    try:
        with _connected() as scanner:
            scanner.sendall(b"zPING\0")
            return _heard(scanner) == "PONG"
    except OSError:
        return False


def _ask(path: Path) -> str:
    """What clamd says. Raises OSError."""
    with _connected() as scanner, path.open("rb") as file:
        try:
            scanner.sendall(b"zINSTREAM\0")
            while piece := file.read(_PIECE):
                scanner.sendall(struct.pack(">I", len(piece)) + piece)
            scanner.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it stops listening at its own limit of size, and says so
        return _heard(scanner)


def _heard(scanner: socket.socket) -> str:
    answer = b""
    while len(answer) < _LONGEST_ANSWER and not answer.endswith(b"\0"):
        more = scanner.recv(1024)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _connected() -> socket.socket:
    """A connection to `unix:/path` or `tcp://host:port`."""
    where = urlsplit(settings.CLAMAV)
    if where.scheme == "unix":
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            scanner.settimeout(_SECONDS)
            scanner.connect(where.path)
        except OSError:
            scanner.close()
            raise
        return scanner
    return socket.create_connection((where.hostname or "", where.port or 3310), timeout=_SECONDS)
