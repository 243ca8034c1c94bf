"""How gunicorn serves Partnership wherever it is started; the bind address is on the command line."""

import gc
import os

from environ import Env

from partnership.ops import embedded

wsgi_app = "partnership.wsgi:application"
worker_class = "gthread"
workers = Env().int("WEB_WORKERS", default=2)
threads = 4
preload_app = True  # imported once, shared by the workers
timeout = 60
graceful_timeout = 10
# The workers' heartbeat files; on a slow disk they would look like workers that hang.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None


def on_starting(server: object) -> None:
    """Started by hand, the web server finds or starts the embedded servers like any command."""
    embedded.ensure()


def pre_fork(server: object, worker: object) -> None:
    """What is loaded by now stays for good: to look through all of it for garbage stopped a worker for 130 ms."""
    gc.freeze()
