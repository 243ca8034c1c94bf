"""Stories from timelines that staff share with the whole firm."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.querysets import CustomerQuerySet
from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.core.pagination import Page, build_page, parse_key, parse_moment
from partnership.desk.models import WallPost
from partnership.staff.models import User

PAGE_SIZE = 20


def share(entry: Interaction, *, words: str, by: User, at: datetime) -> WallPost:
    """Put an entry on the wall; of one that is there, change the words only: it stays with who shared it."""
    post, _created = WallPost.objects.update_or_create(
        interaction=entry, defaults={"words": words}, create_defaults={"words": words, "by": by, "posted_at": at}
    )
    return post


def take_down(entry: Interaction, *, by: User) -> None:
    WallPost.objects.filter(interaction=entry).delete()


def post_state(entry: Interaction) -> dict[str, object] | None:
    """Return what the wall says of an entry, None where it is not there."""
    post = WallPost.objects.filter(interaction=entry).first()
    return None if post is None else {"words": post.words, "by_id": post.by_id, "posted_at": post.posted_at.isoformat()}


@transaction.atomic
def put_back(entry: Interaction, *, was: dict[str, Any] | None, left: dict[str, Any] | None, by: User) -> None:
    """Make the wall say of the entry what it did before. Raise ActionRefused where it is not as it was `left`."""
    Interaction.objects.select_for_update().get(pk=entry.pk)
    if post_state(entry) != left:
        raise ActionRefused(_("A colleague has changed this on the wall since then."))
    if was is None:
        take_down(entry, by=by)
    else:
        values = {**was, "posted_at": datetime.fromisoformat(was["posted_at"])}
        WallPost.objects.update_or_create(interaction=entry, defaults=values)


def may_take_down(user: User, post: WallPost) -> bool:
    return user.is_manager or post.by_id == user.pk


def list_posts(visible: CustomerQuerySet, after: str = "") -> Page[WallPost]:
    """List posts about visible customers, newest first. Served by wall_newest."""
    posts: QuerySet[WallPost] = WallPost.objects.filter(interaction__customer__in=visible.unmerged())
    if after:
        moment, pk = parse_key(after, parse_moment)
        posts = posts.filter(posted_at__lte=moment).exclude(posted_at=moment, pk__gte=pk)
    posts = posts.select_related("by", "interaction__customer", "interaction__person", "interaction__author")
    posts = posts.defer(
        "interaction__html", "interaction__quoted", "interaction__payload", "interaction__source_snapshot"
    ).order_by("-posted_at", "-pk")
    return build_page(posts[: PAGE_SIZE + 1], size=PAGE_SIZE, key=lambda post: (post.posted_at, post.pk))
