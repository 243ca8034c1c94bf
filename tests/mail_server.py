"""A mail server on this machine: what it took, and ways to make it difficult."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread


class MailServer(ThreadingTCPServer):
    """`taken`: the mails that it accepted. `refuses`: the addresses that it doesn't know. While `is_open` is not set it
    keeps a mail that came in whole, and does not say that it has it."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken: list[EmailMessage] = []
        self.refuses: set[str] = set()
        self.is_open, self.holds = Event(), Event()
        self.is_open.set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client needs to be rid of a mail."""

    server: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "DATA":
                self.say("354 go on")
                self.take()
            elif verb == "RCPT" and any(address in line for address in self.server.refuses):
                self.say("550 no such user here")
            else:
                self.say("250 well")

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.server.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
        self.server.holds.set()
        self.server.is_open.wait(60)
        self.say("250 taken")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.is_open.set()
            server.shutdown()
            thread.join(10)
