"""A gateway for trying out and for tests, on this machine alone: it speaks the very shape, keeps texts in memory and prints nothing.

manage.py fake_gateway --name garment-bd      # listens on port 8099, and calls this installation
curl http://127.0.0.1:8099/sent               # what it was asked to send
curl -d '{"from": "+8801711234567", "text": "1"}' http://127.0.0.1:8099/say
"""

import http.client
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from wsr.notices.texts import shape
from wsr.notices.texts.gateways import Gateway
from wsr.notices.webhooks.signing import signed_headers


@dataclass
class FakeGateway:
    """What it was given, by id, each once; `callback`: where it calls back. `answer`: the status of its answers."""

    gateway: Gateway
    callback: str = ""
    answer: int = 202
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    url: str = ""

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status for one request to send."""
        try:
            event_id = shape.believed(self.gateway, headers, body, at=datetime.now(UTC))
        except shape.NotBelieved:
            return 401
        if self.answer < 300:
            self.sent.setdefault(event_id, json.loads(body))
        return self.answer

    def text(self, phone: str, text: str, *, message_id: str = "", at: datetime | None = None) -> tuple[bytes, dict[str, str]]:  # fmt: skip
        """(body, headers) of a text message from a phone, as it calls us."""
        said = {"type": "text", "from": phone, "to": self.gateway.number, "text": text}
        return self._signed(said, message_id or secrets.token_hex(8), at)

    def report(self, key: str, *, is_delivered: bool = True, at: datetime | None = None) -> tuple[bytes, dict[str, str]]:  # fmt: skip
        """(body, headers) of a report about a message that it was given."""
        state = "delivered" if is_delivered else "failed"
        return self._signed({"type": "report", "id": key, "state": state}, secrets.token_hex(8), at)

    def call(self, body: bytes, headers: dict[str, str]) -> int:
        """Post it to the callback; returns the status."""
        there = urlsplit(self.callback)
        wire = http.client.HTTPSConnection if there.scheme == "https" else http.client.HTTPConnection
        connection = wire(there.netloc, timeout=20)
        try:
            connection.request("POST", there.path, body, {"Content-Type": "application/json", **headers})
            return connection.getresponse().status
        finally:
            connection.close()

    def _signed(
        self, said: dict[str, str], message_id: str, at: datetime | None
    ) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(said, ensure_ascii=False)
        headers = signed_headers(message_id, at or datetime.now(UTC), body, self.gateway.secrets[:1])
        return body.encode(), headers


@contextmanager
def serving(fake: FakeGateway, port: int = 0) -> Iterator[FakeGateway]:
    """Listen on the loopback for the length of a block; port 0: any that is free."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), shape.MOST_BYTES))
            if self.path == "/say":
                self._answer(fake.call(*fake.text(**json.loads(_phone_named(body)))))
                return
            self._answer(fake.take({name.lower(): value for name, value in self.headers.items()}, body))

        def do_GET(self) -> None:
            self._answer(200, list(fake.sent.values()))

        def _answer(self, status: int, said: Any = None) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"" if said is None else json.dumps(said, ensure_ascii=False).encode())

        def log_message(self, *args: Any) -> None:
            """Nothing: lines of a log outlive the message."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    fake.url = f"http://localhost:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _phone_named(body: bytes) -> str:
    said = json.loads(body)
    return json.dumps({"phone": said["from"], "text": said["text"]})
