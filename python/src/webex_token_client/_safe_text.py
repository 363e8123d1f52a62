"""Text of other servers, made safe to show. It can quote the request with its secrets, and a terminal obeys it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from .errors import ExplainedError

HIDDEN = "[hidden]"

_NAMED_SECRET = re.compile(
    r"\b((?:access_token|refresh_token|id_token|client_secret|secret_id|code_verifier|code|password)"
    r"\"?\s*[:=]\s*\"?)[^\"&\s,;}]+",
    re.IGNORECASE | re.ASCII,
)
"""Matches ``"access_token": "..."`` in JSON, and ``code=...`` in a form or URL."""

_TOKEN_LIKE = re.compile(r"\b(?:hv[sbr]|[sbr])\.[A-Za-z0-9_-]{20,}|[A-Za-z0-9_-]{64,}", re.ASCII)
"""Matches tokens of Vault, and any other text that is too long and too random for a word."""

_CONTROL = re.compile(r"[\s\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+")

_LONGEST = 300


def one_line(text: str) -> str:
    """Return the text on one line, without control characters."""
    return _CONTROL.sub(" ", text).strip(" ")


def safe_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text on one line, shortened, without these secrets and without anything that looks like one."""
    for secret in secrets:
        if secret:
            for form in (secret, quote(secret, safe="!~*'()-_.")):
                text = text.replace(form, HIDDEN)
    safe = one_line(_TOKEN_LIKE.sub(HIDDEN, _NAMED_SECRET.sub(rf"\g<1>{HIDDEN}", text)))
    return f"{safe[:_LONGEST]}..." if len(safe) > _LONGEST else safe


def describe_error(error: BaseException) -> str:
    """Return the text of an error for people. Only the message of an ExplainedError is known to be safe."""
    return str(error) if isinstance(error, ExplainedError) else safe_text(str(error))
