"""JSON of other servers, parsed field by field. Each function raises TypeError for a value of another kind."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone

Fields = Mapping[str, object]

_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def fields_of(value: object) -> Fields:
    """Return the fields of an object."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def data_of(reply: object) -> Fields:
    """Return the ``data`` of a reply of Vault."""
    return fields_of(fields_of(reply).get("data"))


def text_of(value: object) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or value == "":
        raise TypeError("not a text")
    return value


def number_of(value: object) -> float:
    """Return a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    return value


def date_of(value: object) -> datetime:
    """Return a date of RFC 3339, in UTC."""
    match = _DATE.fullmatch(text_of(value))
    if match is None:
        raise TypeError("not a date")
    moment, fraction, zone = match.groups()
    micros = (fraction or "0")[:6].ljust(6, "0")
    offset = "+00:00" if zone in "Zz" else zone
    try:
        return datetime.fromisoformat(f"{moment}.{micros}{offset}".replace("t", "T")).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise TypeError("not a date") from None


def texts_of(value: object) -> list[str]:
    """Return the texts of a list, or none if the value is not a list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def parse_json(text: str) -> object:
    """Return the value, or ``None`` if the text is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
