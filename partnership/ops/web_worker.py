"""Gunicorn's threaded worker, with limits on how long a visitor may take to say what they want."""

import time
from concurrent.futures import ThreadPoolExecutor
from socket import SHUT_RD
from typing import Any

from environ import Env
from gunicorn.workers.gthread import TConn, ThreadWorker

_HEADERS_TIMEOUT = Env().int("WEB_HEADERS_TIMEOUT", default=10)  # seconds until a request's headers are read
_BODY_TIMEOUT = 300  # seconds until its body is


class Worker(ThreadWorker):
    """Ends connections that keep a thread waiting. What comes through HEALTH_PORT has threads of its own."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reading: dict[TConn, float] = {}  # until when each connection may be read from
        self.health_port = Env().int("HEALTH_PORT", default=0)

    def init_process(self) -> None:
        self.health_threads = ThreadPoolExecutor(max_workers=2)
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        if not self.health_port or conn.server[1:2] != (self.health_port,):
            super().enqueue_req(conn)
            return
        done = self.health_threads.submit(self.handle, conn)
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def handle(self, conn: TConn) -> object:
        self.reading[conn] = time.monotonic() + _HEADERS_TIMEOUT
        try:
            return super().handle(conn)
        finally:
            self.reading.pop(conn, None)

    def handle_request(self, req: object, conn: TConn) -> object:
        self.reading[conn] = time.monotonic() + _BODY_TIMEOUT
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Close what waited too long; called about once a second. A closed read side ends the thread's waiting."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self.reading.items()):
            if until < now:
                self.reading.pop(conn, None)
                try:
                    conn.sock.shutdown(SHUT_RD)
                except OSError:  # closed by the visitor meanwhile
                    continue
