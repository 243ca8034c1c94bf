"""What a browser would send of a page's form."""

from html.parser import HTMLParser


class Fields(HTMLParser):
    """The values of the last form with a `title` of a page, by name; of checkboxes those that are ticked."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.values = action, False, {}
        self.select = self.area = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("action") == self.action
        if not self.inside:
            return
        if tag == "input" and given.get("name") and given["type"] != "file":
            ticks = given["type"] in ("checkbox", "radio")
            if not ticks or "checked" in given:
                self.values[given["name"]] = given.get("value") or ("on" if ticks else "")
        if tag == "select":
            self.select = given["name"]
        if tag == "option" and self.select and ("selected" in given or self.select not in self.values):
            self.values[self.select] = given["value"]
        if tag == "textarea":
            self.area = given["name"]
            self.values[self.area] = ""

    def handle_data(self, data):
        if self.inside and self.area:
            self.values[self.area] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        if tag == "select":
            self.select = None
        if tag == "textarea" and self.area:
            text = self.values[self.area].removeprefix("\n")
            self.values[self.area] = text.replace("\n", "\r\n")
            self.area = None


def filled_in(response, action, **more):
    """The form with that action, as the page shows it, with `more` written into it."""
    reader = Fields(action)
    reader.feed(response.content.decode())
    assert reader.values, f"no form with the action {action}"
    sent = {**reader.values, **more}
    return {name: value for name, value in sent.items() if value is not None}
