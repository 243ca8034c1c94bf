"""Is everything up? And what is said when it is not."""

import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from partnership.ops.failures import AWAY, name_failure

logger = logging.getLogger(__name__)

_ANSWER_WITHIN = 1.5  # seconds; a server that needs longer counts as gone
_RETRY_AFTER = 2  # seconds
# Threads of their own: a server that is silent holds up whoever asks it. Two of each may wait for one.
_asking = ThreadPoolExecutor(max_workers=4, thread_name_prefix="healthz")


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    finally:
        connection.close()
    return True


def _redis_answers() -> bool:
    try:
        cache.get("healthz")
    except (RedisError, OSError):
        return False
    return True


_SERVERS: dict[str, Callable[[], bool]] = {"database": _database_answers, "redis": _redis_answers}


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Return which servers answer: status 200 when all do, else 503."""
    asked = {name: _asking.submit(ask) for name, ask in _SERVERS.items()}
    done, late = wait(asked.values(), timeout=_ANSWER_WITHIN)
    for future in late:
        future.cancel()
    answers = {name: future in done and future.result() for name, future in asked.items()}
    response = JsonResponse(answers, status=200 if all(answers.values()) else 503)
    response["Content-Security-Policy"] = "default-src 'none'"  # its middleware comes after this answer
    return response


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Say what is at fault where we know it: a database that is away or full. Called while the error is handled."""
    failure = name_failure(sys.exc_info()[1])
    if failure is None:
        return defaults.server_error(request)
    if failure.log:
        logger.critical(failure.log)
    # Asked for again by itself: only what can be back within seconds, and nothing that was sent.
    retry = _RETRY_AFTER if failure is AWAY and request.method == "GET" else None
    # Without a request: its session, its user and its firm stand in the database.
    content = render_to_string("503.html", {"failure": failure, "retry_after": retry})
    return HttpResponse(content, status=503, headers={"Retry-After": str(_RETRY_AFTER)})
