"""A JSON web token. Vault verifies it; here its claims serve for messages."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime, timezone

from .._http.json_fields import Fields, parse_json
from .._safe_text import one_line
from .._secret import Secret
from ..errors import ExplainedError

_JWT = re.compile(r"([\w-]+)\.([\w-]+)\.[\w-]*", re.ASCII)

_LONGEST_SHOWN = 120


@dataclass(frozen=True)
class JwtClaims:
    """The claims that messages show. The expiry is ``None`` if it is missing or invalid."""

    expire_time: datetime | None
    audience: str | None
    issuer: str | None


def require_jwt(text: Secret, where: str) -> Secret:
    """Return the token without white space around it. ``where`` is its place, such as ``VAULT_JWT holds``.

    Raises ExplainedError if it is not a JWT. The message omits the text, which may be another secret.
    """
    jwt = Secret(text.reveal().strip())
    if jwt.reveal() == "":
        raise ExplainedError(f"{where} nothing, and a JWT is needed; check that its issuer writes it there")
    if not isinstance(_part_of(jwt, 1).get("alg"), str):
        raise ExplainedError(
            f"{where} a text that is not a JWT, which has three parts with dots between them; put only the token there"
        )
    return jwt


def claims_of(jwt: Secret) -> JwtClaims:
    """Read the claims without a check of the signature."""
    claims = _part_of(jwt, 2)
    audience, issuer = claims.get("aud"), claims.get("iss")
    audiences = [each for each in (audience if isinstance(audience, list) else [audience]) if isinstance(each, str)]
    return JwtClaims(
        _date_of(claims.get("exp")),
        _shown('", "'.join(audiences)) if audiences else None,
        _shown(issuer) if isinstance(issuer, str) else None,
    )


def _date_of(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def _part_of(jwt: Secret, part: int) -> Fields:
    match = _JWT.fullmatch(jwt.reveal())
    if match is None:
        return {}
    text = match.group(part)
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except ValueError:
        return {}
    fields = parse_json(decoded)
    return fields if isinstance(fields, dict) else {}


def _shown(text: str) -> str:
    return f'"{one_line(text)[:_LONGEST_SHOWN]}"'
