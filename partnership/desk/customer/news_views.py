from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.models import Customer
from partnership.core.pagination import read_moment
from partnership.desk.composer.drafts import writing_now
from partnership.desk.customer.news import news_of, with_state_or_404
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.section import line_of
from partnership.staff.access import staff_member


@require_safe
@never_cache
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """What an open page of this customer has not been told yet; 204 when that is nothing.

    `since`: when the page was made; `state`: what the header News-State said last. The filters are those of the page.
    """
    now = timezone.now()
    found = with_state_or_404(staff_member(request), pk)
    writers = writing_now(found, staff_member(request), at=now)
    rows, losses = found.rows, found.losses
    state = "/".join([rows, losses, score_of(found), ", ".join(writers)])
    known = request.GET.get("state", "")
    if known == state:
        return HttpResponse(status=204)
    try:
        since = read_moment(request.GET.get("since", ""))
    except ValueError as error:
        raise BadRequest("since when?") from error
    told = news_of(line_of(request, found), Filters.of(request.GET), since=since, known=known, losses=losses)
    context = {"customer": found, "news": told, "days": told.days, "state": state, "score": score_of(found)}
    return render(request, "desk/customer/news.html", {**context, "writers": writers})


def score_of(customer: Customer) -> str:
    """What the page's head shows, so that it is drawn anew when it is another."""
    score = getattr(customer, "score", None)
    return f"{score.partnership:.1f} {score.loudness:.1f}" if score else ""
