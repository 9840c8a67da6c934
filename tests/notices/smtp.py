"""A real mail server on this machine, as small as SMTP allows, which can take a message and never say so."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class Mailbox:
    """What was taken. While `answers` is not set, a message is taken and its sender waits for the answer."""

    port: int = 0
    taken: list[Message] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve for the length of a block."""
    box = Mailbox()
    box.answers.set()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.say("220 here")
            while line := self.rfile.readline():
                command = line.split()[0].upper() if line.split() else b""
                if command == b"DATA":
                    self.say("354 go on")
                    self.take()
                elif command == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 well")

        def take(self):
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b"."))
            box.taken.append(message_from_bytes(b"".join(lines)))
            box.answers.wait(60)
            self.say("250 taken")

        def say(self, text):
            self.wfile.write(f"{text}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, *args):
            """A sender that was killed is what is tested."""

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield box
        finally:
            box.answers.set()
            server.shutdown()
            thread.join()
