"""Parse address headers tolerantly.

The stdlib's `getaddresses` returns nothing for a header with one mistake, and differs between Python releases; a reply
must not lose its sender over an unquoted comma.
"""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from interactions.mail.charsets import decode_header, unshield

_MAX_ADDRESSES = 1000
_MAX_TOKEN = 2000

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_BARE = re.compile(r"[^\s<>()\[\],;:\"'@]{1,100}@[^\s<>()\[\],;:\"'@]{1,255}")


@dataclass(frozen=True)
class Address:
    """One mailbox. `email`: lower case, for comparing. `given`: as the sender wrote it."""

    name: str
    email: str
    given: str
    valid: bool


def read_addresses(value: str, hint: str | None = None) -> tuple[Address, ...]:
    """Return the mailboxes of an undecoded header.

    Text of an encoded word counts as a name only, to prevent forged addresses, unless the header has no other address.
    """
    found = parse_addresses(decode_header(value, hint, shield=True))
    if any(address.valid for address in found):
        return found
    opened = parse_addresses(decode_header(value, hint))
    return opened if any(address.valid for address in opened) else found


def parse_addresses(header: str) -> tuple[Address, ...]:
    """Return the mailboxes of a decoded header, in order, without repeats; groups are expanded."""
    found: dict[str, Address] = {}
    for token in _tokens(header):
        address = _address(token)
        if address:
            found.setdefault(address.email, address)
        if len(found) >= _MAX_ADDRESSES:
            break
    return tuple(found.values())


def _tokens(header: str) -> list[str]:
    """Split at commas and semicolons outside of quotes, comments and brackets."""
    tokens: list[str] = []
    current: list[str] = []
    quoted = angle = False
    comment = 0
    previous = ""
    for char in header:
        if char == '"' and previous != "\\" and not comment and not (angle and not quoted):
            quoted = not quoted
        elif not quoted:
            comment += (char == "(") - (char == ")" and comment > 0)
            angle = char == "<" or (angle and char != ">")
        if char in ",;" and not (quoted or angle or comment):
            tokens.append("".join(current))
            current = []
        else:
            current.append(char)
        previous = "" if previous == "\\" else char
    tokens.append("".join(current))
    return _rejoined(tokens)


def _rejoined(tokens: list[str]) -> list[str]:
    """Join a name that was split at a bare comma: `Doe, Jane <jane@x.example>`."""
    joined: list[str] = []
    held = ""
    for token in tokens:
        token = token.strip()
        if held and "@" in token:
            token, held = (f"{held}, {token}", "") if not token.startswith('"') and "<" in token else (token, "")
        if "@" in token or "<" in token or ":" in token:
            joined.append(token)
        elif token:
            held = f"{held}, {token}" if held else token
    return joined if joined else [held]


def _address(token: str) -> Address | None:
    token = token.strip()[:_MAX_TOKEN]
    if ":" in token and "@" not in token.partition(":")[0] and "<" not in token.partition(":")[0]:
        token = token.partition(":")[2].strip() if not _QUOTED.match(token) else token
    if not token:
        return None
    opened = token.rfind("<")
    if opened >= 0:
        inside = token[opened + 1 :].partition(">")[0]
        return _mailbox(_name(token[:opened]), inside) if inside.strip() else None
    if ">" in token:
        return Address(_name(token), unshield(token).lower(), unshield(token), False)
    return _without_brackets(token)


def _without_brackets(token: str) -> Address:
    """Parse `jane@x.example (Jane)`, `Jane jane@x.example`, a quoted address, or a bare word."""
    comment = re.search(r"\(([^()]*)\)\s*$", token)
    rest = token[: comment.start()].strip() if comment else token
    match = _BARE.search(rest) if not re.fullmatch(r'"[^"]*"@\S+', rest) else None
    if match is None:
        return _mailbox(_name(comment[1]) if comment else "", rest)
    name = comment[1] if comment else rest[: match.start()]
    return _mailbox(_name(name), match[0])


def _mailbox(name: str, given: str) -> Address:
    given = re.sub(r"\s+", "", given) if not given.strip().startswith('"') else given.strip()
    given = unshield(given)
    given = re.sub(r"(?i)^mailto:", "", given).strip("'.,;")
    return Address("" if name == given else name, given.lower(), given, _valid(given))


def _name(text: str) -> str:
    text = text.strip()
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        text = text[1:-1]
    text = re.sub(r"\\(.)", r"\1", text).replace('"', "")
    return re.sub(r"[ \t]+", " ", unshield(text)).strip()


def _valid(given: str) -> bool:
    """Check the form of an address only; names of an internal network count as valid."""
    if len(given) > 320:
        return False
    try:
        validate_email(given, check_deliverability=False, globally_deliverable=False, allow_quoted_local=True)
    except EmailNotValidError:
        return False
    return True
