"""Normalise contact points, so that different spellings of one address compare equal."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

LEAST_PHONE_DIGITS = 5


def normalise(kind: str, value: str, *, region: str | None = None) -> str:
    """Return the comparable form of a contact point. Raise ValidationError for an invalid value.

    E-mail: lower case, domain in Unicode. Phone: E.164 if the number is international or its `region` is given, else
    digits. Handle: lower case without "@". External id: trimmed.
    """
    value = value.strip()
    if not value or "\x00" in value:
        raise ValidationError(_("A contact point needs a value."))
    return {
        "email": normalise_email,
        "phone": lambda number: _normalise_phone(number, region=region),
        "handle": _normalise_handle,
    }.get(kind, str)(value)


def normalise_email(value: str) -> str:
    try:
        found = validate_email(value, check_deliverability=False, test_environment=True, allow_quoted_local=True)
    except EmailNotValidError as problem:
        raise ValidationError(
            _("%(value)s is not an e-mail address: %(problem)s"), params={"value": value, "problem": str(problem)}
        ) from problem
    return found.normalized.lower()


def _normalise_phone(value: str, *, region: str | None = None) -> str:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        digits = "".join(character for character in value if character.isdigit())
        if len(digits) < 3:
            raise ValidationError(_("%(value)s is not a phone number."), params={"value": value}) from None
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_parts(text: str) -> list[str]:
    """Return the digits that the normalised form of a phone number contains, however its country and area are written.

    Fewer digits than LEAST_PHONE_DIGITS are not looked for.
    """
    digits = "".join(character for character in text if character.isdecimal())
    parts = {digits.lstrip("0")}
    try:
        number = phonenumbers.parse(text if "+" in text else f"+{digits.lstrip('0')}")
    except phonenumbers.NumberParseException:
        pass
    else:
        if "+" in text or digits.startswith("00") or phonenumbers.is_valid_number(number):
            parts.add(str(number.national_number))
    return sorted(part for part in parts if len(part) >= LEAST_PHONE_DIGITS)


def _normalise_handle(value: str) -> str:
    return value.removeprefix("@").casefold()
