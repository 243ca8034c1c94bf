"""The wall: stories from timelines that the whole firm should see."""

from datetime import datetime

from django.db.models import QuerySet

from customers.querysets import CustomerQuerySet
from interactions.models import Interaction
from partnership.core.pagination import Page, page_of, parse_key, read_moment
from partnership.desk.models import WallPost
from partnership.staff.models import User

STORIES = 20
"""Of one page."""


def share(entry: Interaction, *, words: str, by: User, at: datetime) -> WallPost:
    """Put it on the wall. What hangs there already only has its words changed: it is still whoever's it was."""
    post, _created = WallPost.objects.update_or_create(
        interaction=entry, defaults={"words": words}, create_defaults={"words": words, "by": by, "posted_at": at}
    )
    return post


def take_down(entry: Interaction, *, by: User) -> None:
    WallPost.objects.filter(interaction=entry).delete()


def may_take_down(user: User, post: WallPost) -> bool:
    """Who put it there, and managers."""
    return user.is_manager or post.by_id == user.pk


def stories(visible: CustomerQuerySet, after: str = "") -> Page[WallPost]:
    """Newest first, of the customers that the viewer may see. Served by wall_newest."""
    posts: QuerySet[WallPost] = WallPost.objects.filter(interaction__customer__in=visible.unmerged())
    if after:
        moment, pk = parse_key(after, read_moment)
        posts = posts.filter(posted_at__lte=moment).exclude(posted_at=moment, pk__gte=pk)
    told = posts.select_related("by", "interaction__customer", "interaction__person", "interaction__author")
    told = told.defer(
        "interaction__html", "interaction__quoted", "interaction__payload", "interaction__source_snapshot"
    )
    return page_of(
        told.order_by("-posted_at", "-pk")[: STORIES + 1], size=STORIES, key=lambda post: (post.posted_at, post.pk)
    )
