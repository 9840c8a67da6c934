"""One attempt: a POST to a checked address, that neither follows redirects nor waits or reads without end."""

import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from wsr.notices.webhooks.addresses import AddressRefused, Target, check

CONNECT_SECONDS = 5
TOTAL_SECONDS = 15
MOST_BYTES = 16_384  # of the answer; the rest is not read
AGENT = "wsr-webhooks/1"


@dataclass(frozen=True)
class Answer:
    """What came back: a status code, or why there is none. `error` is a fixed word, never the other side's text.

    `wait`: for how many seconds the receiver asks to be left alone (`Retry-After`); 0 where it says nothing.
    """

    code: int | None
    error: str
    milliseconds: int
    wait: int = 0

    @property
    def is_success(self) -> bool:
        """2xx. A redirect is none: it is not followed."""
        return self.code is not None and 200 <= self.code < 300


def post(url: str, body: str, headers: Mapping[str, str]) -> Answer:
    """Send it, in 15 seconds at most. Never raises for what the other side does."""
    begin = time.monotonic()
    code, error, wait = None, "", 0
    try:
        code, wait = _post_to(_reachable(check(url)), body.encode(), headers)
    except AddressRefused:
        error = "address refused"
    except ssl.SSLError:
        error = "certificate or encryption"
    except TimeoutError:
        error = "no answer in time"
    except ConnectionRefusedError:
        error = "connection refused"
    except (OSError, http.client.HTTPException):
        error = "connection broken"
    return Answer(code, error, int((time.monotonic() - begin) * 1000), wait)


def _reachable(targets: list[Target]) -> tuple[Target, socket.socket]:
    """A connection to the first checked address that takes one."""
    for target in targets[:-1]:
        try:
            return target, socket.create_connection((target.ip, target.port), CONNECT_SECONDS)
        except OSError:
            continue
    last = targets[-1]
    return last, socket.create_connection((last.ip, last.port), CONNECT_SECONDS)


def _post_to(
    reached: tuple[Target, socket.socket], body: bytes, headers: Mapping[str, str]
) -> tuple[int, int]:
    """(status code, seconds to wait)"""
    target, plain = reached
    late = threading.Event()
    wire = _encrypted(plain, target) if target.is_encrypted else plain
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = wire

    def cut() -> None:
        """Whatever drips in slowly ends here."""
        late.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(wire, socket.SHUT_RDWR)  # of the wire itself, whoever is reading from it

    timer = threading.Timer(TOTAL_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        wire.settimeout(TOTAL_SECONDS)
        fixed = {"Content-Type": "application/json", "User-Agent": AGENT, "Connection": "close"}
        connection.request("POST", target.path, body, {**fixed, **headers})
        answer = connection.getresponse()
        answer.read(MOST_BYTES)
        if late.is_set():  # what was cut off may look like a whole answer
            raise TimeoutError
        return answer.status, _seconds(answer.getheader("Retry-After", ""))
    except (OSError, http.client.HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
        connection.close()
        wire.close()


def _seconds(retry_after: str) -> int:
    """A number of seconds or a day and time, as RFC 9110 has it; 0 for anything else."""
    if re.fullmatch(r"\d{1,9}", retry_after, re.ASCII):
        return int(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0
    return max(0, int((moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()))


def _encrypted(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    """Encrypted for the name, checked against the certificates this machine trusts; the handshake is left to the caller."""
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)
