"""The bodies of requests to Vault, and of its replies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from .._secret import Secret

T = TypeVar("T")


class NotVault:
    """The result of a reply that Vault does not give."""


def parsed_body(body: bytes, parse: Callable[[object], T]) -> T | NotVault:
    """Return the parsed reply. It raises nothing, because the frames of an error would hold the reply."""
    try:
        text = body_text(body)
        return parse(json.loads(text) if text else None)
    except (TypeError, ValueError, RecursionError):
        return NotVault()


def body_text(body: bytes) -> str:
    """Return the text of a reply."""
    return body.decode("utf-8", "replace").removeprefix("\ufeff")


def json_body(data: dict[str, object]) -> Secret:
    """Return the JSON of a request. Its values may be a Secret."""
    return Secret(json.dumps(data, default=lambda value: value.reveal() if isinstance(value, Secret) else str(value)))
