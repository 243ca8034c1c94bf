"""The firm's colour: legible in light and in dark, as WCAG 2.2 measures contrast."""

import re
from colorsys import hls_to_rgb, rgb_to_hls

from partnership.staff.models.firm import ACCENT

# The grounds of tokens.css on which a colour is hardest to read: the darkest light one, the lightest dark one.
_LIGHT_GROUND, _DARK_GROUND = "#f5f1ea", "#2b2724"
_TEXT = 4.5  # the least contrast of text
# As light as a button can be on a dark ground under white words.
_DARK_BUTTON_LUMINANCE = 0.178
_STEPS = 24  # of halving: finer than a colour's 256 shades


def is_colour(text: str) -> bool:
    return re.fullmatch(ACCENT, text) is not None


def is_legible(colour: str) -> bool:
    """Check that words in this colour, and white words on it, have enough contrast."""
    return _contrast(colour, _LIGHT_GROUND) >= _TEXT


def nearest_legible(colour: str) -> str:
    """Return the colour itself, or its lightest shade of the same hue that is legible."""
    ground = _luminance(_LIGHT_GROUND) + 0.05
    return colour if is_legible(colour) else _with_luminance(colour, ground / _TEXT - 0.05)


def style_sheet(colour: str) -> str:
    """Write the variables of tokens.css that the firm's colour sets; on a dark ground it is lighter."""
    button = _with_luminance(colour, _DARK_BUTTON_LUMINANCE)
    dark = _luminance(_DARK_GROUND) + 0.05
    link, hover = (_with_luminance(colour, dark * contrast - 0.05) for contrast in (6, 9))
    variables = {
        "--tblr-primary": f"light-dark({colour}, {button})",
        "--tblr-primary-rgb": ", ".join(str(round(part * 255)) for part in _parts(colour)),
        "--tblr-link-color": f"light-dark({colour}, {link})",
        "--tblr-link-hover-color": f"light-dark({_with_luminance(colour, _luminance(colour) / 2)}, {hover})",
    }
    return ":root,\n[data-bs-theme] {\n" + "".join(f"  {name}: {value};\n" for name, value in variables.items()) + "}\n"


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _with_luminance(colour: str, wanted: float) -> str:
    """Return the lightest shade of a colour's hue that is at most this light."""
    hue, _lightness, saturation = rgb_to_hls(*_parts(colour))
    darkest, lightest = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (darkest + lightest) / 2
        if _luminance(_shade(hue, middle, saturation)) <= wanted:
            darkest = middle
        else:
            lightest = middle
    return _shade(hue, darkest, saturation)


def _shade(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, lightness, saturation))
