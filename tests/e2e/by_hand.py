"""What hands do: keys, and fingers on glass."""

from playwright.sync_api import Locator, Page, expect

UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


def press(page: Page, *keys: str) -> None:
    """One key after the other, each when what the one before brought stands, its scripts included."""
    for key in keys:
        page.wait_for_load_state()
        expect(page.locator(UNDER_WAY)).to_have_count(0)
        page.keyboard.press(key)


def reach(page: Page, control: Locator, *, by: str = "Tab", within: int = 90) -> None:
    """By Tab alone, from where the focus is."""
    expect(control).to_be_visible()
    for _ in range(within):
        page.keyboard.press(by)
        if control.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{within} times {by} do not lead to {control}")


def go(page: Page, control: Locator, *, by: str = "Tab") -> None:
    reach(page, control, by=by)
    press(page, "Enter")


def walk(page: Page, entry: Locator, *, by: str = "j", within: int = 20) -> None:
    """To an entry of the timeline, from entry to entry."""
    expect(entry).to_be_visible()
    for _ in range(within):
        if entry.evaluate("element => element === document.activeElement"):
            return
        press(page, by)
    raise AssertionError(f"{within} times {by} do not lead to {entry}")


def tap(control: Locator) -> None:
    expect(control.page.locator(UNDER_WAY)).to_have_count(0)
    control.tap()
