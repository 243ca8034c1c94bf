"""Decode bytes whose charset is missing, unknown or wrong."""

import base64
import binascii
import codecs
import quopri
import re

# Names seen in mail that Python does not know, or knows as something narrower than what senders mean by them.
_ALIASES = {
    "ansi_x3.110-1983": "latin-1",
    "big5": "big5hkscs",
    "cp-850": "cp850",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "ascii",
    "utf-8m": "utf-8",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "x-unknown": "ascii",
}
# Python codecs that are not character sets: no mail means them, and some are slow or warn.
_NOT_CHARSETS = {"charmap", "idna", "mbcs", "oem", "palmos", "punycode", "raw-unicode-escape", "undefined"}
_NOT_CHARSETS |= {"unicode-escape", "utf-8-sig"}

_SHIELD = {ord(char): 0xF700 + ord(char) for char in ',;:<>@()"\\'}
_UNSHIELD = {shielded: plain for plain, shielded in _SHIELD.items()}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI])")
# Bounded, so that a header of a thousand half-open words costs no more than its length times a constant.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.{0,3000}?)\?=", re.DOTALL)
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]{1,100}(?==\?[^?\s]{1,60}\?[bBqQ]\?)")


def clean(text: str) -> str:
    """Return text that the database accepts: no control characters or lone surrogates, plain newlines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", _UNWANTED.sub("", text))


def decode(data: bytes, charset: str | None, problems: list[str]) -> str:
    """Decode with the stated charset first; a guess is noted in `problems`."""
    stated = (charset or "").strip(" \t\"'").lower()
    name = _codec(stated)
    if stated and name is None:
        problems.append(f"unknown charset {clean(stated)[:40]}, guessed")
    for candidate in _candidates(name):
        text = _decoded(data, candidate)
        if text is not None:
            if candidate not in (name, "ascii", "utf-8") or (name not in (None, "ascii", candidate)):
                wrong = f"not {clean(stated)[:40]} as stated" if stated else "no charset stated"
                problems.append(f"{wrong}, read as {candidate}")
            return clean(text)
    raise AssertionError("latin-1 reads every byte")


def decode_header(value: str, hint: str | None = None, *, shield: bool = False) -> str:
    """Return a header with encoded words decoded and folds closed.

    `value`: 8-bit bytes as surrogate escapes, as the stdlib parser leaves them. `hint`: the body's charset, for such
    bytes. `shield`: mark punctuation from encoded words, which belongs to a name, until `unshield`.
    """
    value = re.sub(r"\r?\n[ \t]*|\r[ \t]*", " ", value).strip()
    value = _BETWEEN_WORDS.sub(r"\1", value)
    pieces: list[tuple[bytes, str | None]] = []
    position = 0
    for match in _WORD.finditer(value):
        _add_plain(pieces, value[position : match.start()])
        _add_word(pieces, match)
        position = match.end()
    _add_plain(pieces, value[position:])
    hint = hint or next((charset for _, charset in pieces if charset), None)
    text = "".join(
        _header_piece(data, charset, hint).translate(_SHIELD if shield and charset else {}) for data, charset in pieces
    )
    return clean(text).strip("\n").replace("\n", " ")


def unshield(text: str) -> str:
    return text.translate(_UNSHIELD)


def _add_plain(pieces: list[tuple[bytes, str | None]], text: str) -> None:
    if text:
        pieces.append((text.encode("utf-8", "surrogateescape"), None))


def _add_word(pieces: list[tuple[bytes, str | None]], match: re.Match[str]) -> None:
    """Add an encoded word. Neighbours of one charset are joined, since some senders split inside a character."""
    charset = match[1].partition("*")[0].lower()
    body = match[3].encode("utf-8", "surrogateescape")
    data = _decode_base64(body) if match[2] in "bB" else quopri.decodestring(body, header=True)
    if pieces and pieces[-1][1] == charset:
        pieces[-1] = (pieces[-1][0] + data, charset)
    else:
        pieces.append((data, charset))


def _header_piece(data: bytes, charset: str | None, hint: str | None) -> str:
    if charset is None:
        utf8 = _decoded(data, "utf-8")
        if utf8 is not None:
            return utf8
    return decode(data, charset or hint, [])


def _decode_base64(data: bytes) -> bytes:
    """Decode base64, ignoring foreign characters and missing padding."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def _codec(stated: str) -> str | None:
    """Return Python's codec for a mail charset, or None."""
    name = _ALIASES.get(stated, stated)
    if not _NAME.fullmatch(name):
        return None
    name = _ALIASES.get(re.sub("^(x-|cs)", "", name), name)
    if name.replace("_", "-") in _NOT_CHARSETS:
        return None
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    return name if info._is_text_encoding else None


def _candidates(name: str | None) -> list[str]:
    """Return the codecs to try, in order. Shift-JIS is often labelled as ISO-2022-JP."""
    if name and name.startswith("iso-2022-jp"):
        return [name, "cp932", "utf-8", "cp1252", "latin-1"]
    if name is None or name == "ascii":
        return ["ascii", "utf-8", "cp1252", "latin-1"]
    return [name, "utf-8", "cp1252", "latin-1"]


def _decoded(data: bytes, name: str) -> str | None:
    """Decode in one charset, or return None; few bad characters among many good ones are tolerated."""
    if name.startswith("iso-2022-jp") and _JIS_ESCAPE.search(data):
        return _jis(data)
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
    except (UnicodeError, ValueError):
        return None
    bad = text.count("\ufffd")
    good = len(text) - bad - len(text.encode("ascii", "ignore"))
    return text if name != "ascii" and good >= 3 * bad else None


def _jis(data: bytes) -> str | None:
    """Decode ISO-2022-JP with the vendor characters that Python's codec refuses."""
    mode, pieces, position = b"(B", [], 0
    for match in [*_JIS_ESCAPE.finditer(data), None]:
        chunk = data[position : match.start() if match else len(data)]
        pieces.append(_shift_jis(chunk) if mode[:1] == b"$" else _kana(chunk) if mode == b"(I" else chunk)
        if match:
            mode, position = match[1], match.end()
    try:
        return b"".join(pieces).decode("cp932")
    except UnicodeDecodeError:
        return None


def _kana(chunk: bytes) -> bytes:
    return bytes(byte | 0x80 for byte in chunk)


def _shift_jis(chunk: bytes) -> bytes:
    """Convert two-byte JIS to Shift-JIS (JIS X 0208, appendix 1)."""
    out = bytearray()
    index = 0
    while index < len(chunk):
        row = chunk[index] & 0x7F
        if row < 0x21 or index + 1 >= len(chunk):
            out.append(chunk[index])
            index += 1
            continue
        cell = chunk[index + 1] & 0x7F
        lead = (row - 0x21) // 2 + 0x81
        out.append(lead if lead <= 0x9F else lead + 0x40)
        out.append(cell + (0x1F + (cell >= 0x60) if row % 2 else 0x7E))
        index += 2
    return bytes(out)
