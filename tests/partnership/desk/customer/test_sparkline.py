from datetime import date

from django.template.loader import render_to_string

from partnership.desk.customer.sparkline import sparkline

TODAY = date(2026, 6, 15)


def row(day, points, rules=1, name="Standard"):
    return {"day": day, "points": points, "rules": rules, "name": name}


def test_other_rules_are_a_dashed_line_with_their_name():
    law = {"rules": 2, "name": "Law <office>"}
    trail = [row("2026-01-01", 40), row("2026-02-01", 44), row("2026-05-01", 50, **law), row("2026-06-01", 52, **law)]
    drawn = sparkline(trail, TODAY)
    assert drawn is not None
    [change] = drawn.changes
    assert (change.day, change.rules) == (date(2026, 5, 1), "Law <office>")
    assert float(change.x) == round(120 / 165 * 132, 1)
    html = " ".join(render_to_string("desk/customer/sparkline.html", {"sparkline": drawn}).split())
    assert html.count('class="trend-line-change"') == 1
    words = "Partnership from 40 to 52 since 1 Jan 2026; from 1 May 2026 on by the rules “Law &lt;office&gt;”"
    assert f'aria-label="{words}"' in html
    assert f"<title>{words}</title>" in html


def test_back_to_the_earlier_rules_is_a_line_too():
    trail = [row("2026-01-01", 40), row("2026-02-01", 44, 2), row("2026-03-01", 44)]
    drawn = sparkline(trail, TODAY)
    assert drawn is not None
    assert [change.day.month for change in drawn.changes] == [2, 3]


def test_of_one_point_there_is_no_line():
    assert sparkline([row("2026-01-01", 40)], TODAY) is None
