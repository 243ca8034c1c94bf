"""Settings of gunicorn; the bind address is given on the command line."""

import gc
import os

from environ import Env

from partnership.ops import embedded

wsgi_app = "partnership.wsgi:application"
worker_class = "partnership.ops.web_worker.Worker"
workers = Env().int("WEB_WORKERS", default=2)
threads = Env().int("WEB_THREADS", default=12)
keepalive = 5
control_socket_disable = True
preload_app = True  # the workers share the imported code
timeout = 60
graceful_timeout = 10
# Heartbeat files: on a slow disk gunicorn would take busy workers for hanging ones.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None


def on_starting(server: object) -> None:
    """Start the embedded servers that are needed, also without the launcher."""
    embedded.ensure()


def pre_fork(server: object, worker: object) -> None:
    """Exempt the loaded code from garbage collection, which stopped a worker for 130 ms."""
    gc.freeze()
