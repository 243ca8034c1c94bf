from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.models import Customer
from partnership.core.pagination import parse_moment
from partnership.core.requests import render_page
from partnership.desk.composer.drafts import writing_now
from partnership.desk.customer.news import News, news_of, timeline_state_or_404
from partnership.desk.timeline.entries import Day
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.section import line_of
from partnership.scoring.models import Score
from partnership.staff.access import staff_member


@dataclass(frozen=True)
class _NewsFragment:
    customer: Customer
    news: News
    days: list[Day]
    state: str
    score: str
    writing: list[str]


@require_safe
@never_cache
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an open page of this customer does not show yet; 204 when there is nothing.

    `since`: when the page was made; `state`: what the header News-State said last. The filters are those of the page.
    """
    user = staff_member(request)
    found = timeline_state_or_404(user, pk)
    writing = writing_now(found.customer, user, at=timezone.now())
    score = _score_text(found.customer)
    state = "/".join([found.rows, found.deletions, score, ", ".join(writing)])
    known = request.GET.get("state", "")
    if known == state:
        return HttpResponse(status=204)
    try:
        since = parse_moment(request.GET.get("since", ""))
    except ValueError as error:
        raise BadRequest("since when?") from error
    line, filters = line_of(request, found.customer), Filters.of(request.GET)
    unseen = news_of(line, filters, since=since, known=known, deletions=found.deletions)
    fragment = _NewsFragment(found.customer, unseen, unseen.days, state, score, writing)
    return render_page(request, "desk/customer/news.html", fragment)


def _score_text(customer: Customer) -> str:
    """Format the score as the page's head does, which is fetched anew when it differs."""
    score: Score | None = getattr(customer, "score", None)
    return f"{score.partnership:.1f} {score.loudness:.1f}" if score else ""
