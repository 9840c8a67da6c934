"""A real HTTP server on this machine that receives webhooks and answers as the test wants."""

import contextlib
import select
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What arrived, and what to answer: a code, or a function that writes the answer itself."""

    url: str = ""
    answer: int | Callable[[BaseHTTPRequestHandler], None] = 204
    received: list[tuple[str, dict[str, str], str]] = field(default_factory=list)


@contextlib.contextmanager
def receiver(*, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Serve for the length of a block."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.received.append((self.path, headers, body))
            if callable(state.answer):
                state.answer(self)
                return
            self.send_response(state.answer)
            self.send_header("Location", f"{state.url}elsewhere")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state.url = f"{'https' if context else 'http'}://localhost:{server.server_port}/hook/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def busy(retry_after: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Too much at once; come again later."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", retry_after)
        handler.end_headers()

    return answer


def drip(handler: BaseHTTPRequestHandler) -> None:
    """An answer that never ends, a byte at a time."""
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(600):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            select.select([], [], [], 0.05)


def flood(handler: BaseHTTPRequestHandler) -> None:
    """An answer of a gigabyte."""
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        for _ in range(1000):
            handler.wfile.write(b"x" * 1_000_000)
