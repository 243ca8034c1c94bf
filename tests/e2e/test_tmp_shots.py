"""Temporary: pictures to look at."""
import pytest
from datetime import timedelta
from decimal import Decimal
from django.utils import timezone
from interactions.models import Interaction
from partnership.scoring.rescoring import rescore_all
from partnership.staff.models import Firm, GoodwillBudget
from tests.factories import ConversationFactory, happens, promise
pytestmark = pytest.mark.browser

def test_shots(desk, server, story):
    ines, sam, now = story.champion, story.sam, timezone.now()
    Firm.objects.update(terms="Courses can be cancelled free of charge up to 14 days before they begin.\n\nAfter that, half of the fee is kept.")
    GoodwillBudget.objects.create(amount=150, minutes=120)
    thread = ConversationFactory(customer=ines, subject="The evening course")
    happens(ines, "mistake", at=now - timedelta(days=3), by=sam, direction="outbound", body="We sent the wrong bill, twice, and nobody said sorry.")
    happens(story.owed, "mistake", at=now - timedelta(days=12), by=sam, direction="outbound", body="Nobody came to the lesson.")
    late = promise(ines, "Send the reading list", at=now - timedelta(days=20), due_on=(now - timedelta(days=6)).date(), by=sam)
    type(late).objects.filter(pk=late.pk).update(status="missed", closed_at=now)
    happens(ines, "purchase", at=now - timedelta(days=60), amount="4200.00", currency="EUR", channel="billing")
    for days in (4, 9):
        happens(ines, "nudge", at=now - timedelta(days=days), by=sam, direction="outbound", body="Go on")
    refund = happens(ines, "refund_request", at=now, conversation_id=thread.pk, subject="The evening course",
                   body="I could not come on three evenings. May I have my money back?", amount="90.00", currency="EUR")
    rescore_all(at=now)
    recovery = ines.recoveries.get()
    base = f"/customers/{ines.pk}/"
    card = f"{base}entries/{refund.pk}/decision/"
    desk.route("**/news/**", lambda route: route.fulfill(status=204))
    def shoot(name, address, ways=((1440, "light"), (1440, "dark"), (390, "light"), (390, "dark"))):
        desk.goto(f"{server.url}{address}")
        for width, scheme in ways:
            desk.set_viewport_size({"width": width, "height": 900})
            desk.emulate_media(color_scheme=scheme)
            desk.wait_for_timeout(250)
            desk.screenshot(path=f"/tmp/shots/{name}-{width}-{scheme}.png", full_page=True)
    shoot("card", f"{card}?answer=no")
    shoot("grant", f"{card}?answer=part", ways=((1440, "light"), (390, "dark")))
    shoot("recovery", f"/recoveries/{recovery.pk}/", ways=((1440, "light"), (390, "dark")))
    shoot("recoveries", "/recoveries/", ways=((1440, "dark"), (390, "light")))
    shoot("customer", base, ways=((1440, "light"), (390, "dark")))
    shoot("nudge", f"{base}nudges/", ways=((390, "light"),))
    shoot("entry", f"{base}entries/{refund.pk}/", ways=((390, "light"),))
    shoot("focus", "/", ways=((1440, "light"), (390, "dark")))
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.goto(f"{server.url}{card}?answer=no")
    desk.get_by_label("No, and why").fill("The place was kept free for you.")
    desk.get_by_label("What we offer instead").fill("The same course in June.")
    desk.get_by_role("button", name="Say no").click()
    desk.wait_for_timeout(500)
    shoot("decided", card, ways=((1440, "light"),))
