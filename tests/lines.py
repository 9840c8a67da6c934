"""A poor telephone line: a TCP proxy on loopback that is slow, far away, stalls as lost packets make a line stall, and drops."""

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

BLOCK = 1400  # bytes, about one packet
RETRANSMISSION = 0.2  # seconds that a lost packet holds up what follows it


class Line:
    """Forwards to a server. `rate` in bytes a second, `delay` in seconds one way, `loss` as a share of packets; 0: none of it.

    `cuts`: after how many bytes sent upwards in all every connection is dropped, once each. `carried` counts them.
    """

    def __init__(
        self, url: str, *, rate: float = 0, delay: float = 0, loss: float = 0, cuts: Iterable[int] = ()
    ) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.rate, self.delay, self.loss = rate, delay, loss
        self.cuts = sorted(cuts)
        self.carried, self.dropped = 0, 0
        self.chance = random.Random(4)
        self.lock, self.wire = threading.Lock(), threading.Lock()
        self.open: set[socket.socket] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self) -> "Line":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_details: object) -> None:
        self.listener.close()
        self.drop()

    def drop(self) -> None:
        """Every connection is gone at once, in the middle of whatever it carried."""
        with self.lock:
            lost, self.open = self.open, set()
        for end in lost:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            with self.lock:
                self.open |= {near, far}
            for source, sink, is_up in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pump, args=(source, sink, is_up), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_up: bool) -> None:
        with contextlib.suppress(OSError):
            idle = time.monotonic()
            while block := source.recv(BLOCK):
                if self.delay and time.monotonic() - idle > self.delay:
                    time.sleep(self.delay)  # the first packet after a pause has the whole way before it
                self._carry(len(block), is_up)
                sink.sendall(block)
                idle = time.monotonic()
            sink.shutdown(socket.SHUT_WR)

    def _carry(self, size: int, is_up: bool) -> None:
        if self.rate:
            with self.wire if is_up else contextlib.nullcontext():  # all connections share the line
                time.sleep(size / self.rate)
        if self.loss and self.chance.random() < self.loss:
            time.sleep(RETRANSMISSION)
        if not is_up:
            return
        with self.lock:
            self.carried += size
            is_cut = bool(self.cuts) and self.carried >= self.cuts[0]
            if is_cut:
                self.cuts.pop(0)
                self.dropped += 1
        if is_cut:
            self.drop()
            raise ConnectionAbortedError
