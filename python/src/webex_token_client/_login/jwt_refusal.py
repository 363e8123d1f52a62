"""The error of a refused login by a JWT, with advice that depends on the words of Vault.

See https://github.com/hashicorp/cap and https://github.com/hashicorp/vault-plugin-auth-kubernetes for the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._secret import Secret
from ..errors import NotDeployed, NotPermitted, TemporarilyUnavailable, WebexTokenError
from .json_web_token import JwtClaims, claims_of


@dataclass(frozen=True)
class JwtAttempt:
    """A login that Vault has refused. ``now`` is the time in seconds since 1970."""

    jwt: Secret
    role: str
    mount_path: str
    method: str
    address: str
    now: float


def explain_jwt_refusal(said: str, status_code: int, attempt: JwtAttempt) -> WebexTokenError | None:
    """Return ``None`` if the answer does not concern the login."""
    mount_path, role, address = attempt.mount_path, attempt.role, attempt.address
    if status_code not in (400, 403):
        return None
    if re.search(r"could not load (?:backend )?configuration", said):
        return NotDeployed(
            f"the auth method at {mount_path}/ has no configuration yet ({said}); have webex-tokens deployed"
        )
    if re.search(r"role .*could not be found|invalid role name", said):
        return NotDeployed(
            f'there is no role "{role}" at auth/{mount_path}; set VAULT_ROLE to the name of the app, or have the app '
            "deployed"
        )
    if re.search(r"fetching keys|keyset configuration|configuring token validator", said):
        return _keys_missing(said, mount_path, address)
    quoted = f": {said}" if said else ""
    advice = _advice(said, claims_of(attempt.jwt), attempt)
    return NotPermitted(
        f'Vault does not log the token in at auth/{mount_path} as "{role}" ({status_code}{quoted}): {advice}'
    )


_WRONG_ISSUER = re.compile(r"x509|certificate|unsupported protocol|no such host|\b40[134]\b|issuer did not match")
"""Words of Vault for a permanent cause, such as a wrong certificate or address."""


def _keys_missing(said: str, mount_path: str, address: str) -> WebexTokenError:
    if _WRONG_ISSUER.search(said):
        return NotDeployed(
            f"Vault at {address} gets no keys from the issuer of auth/{mount_path} ({said}); have the address and the "
            "CA of the issuer corrected in the declaration of the app"
        )
    return TemporarilyUnavailable(
        f"Vault at {address} cannot reach the issuer to verify the token ({said}); try again later, and if that "
        "persists, check that Vault's machine reaches the issuer"
    )


def _advice(said: str, claims: JwtClaims, attempt: JwtAttempt) -> str:
    end = claims.expire_time
    if re.search(r"\(exp\)|expired", said) or (end is not None and end.timestamp() < attempt.now):
        when = "" if end is None else f" on {end:%Y-%m-%dT%H:%M:%S}Z"
        return f"it expired{when}; check why its issuer has not issued a new one"
    text = next((text for pattern, text in _ADVICE if re.search(pattern, said)), _OTHERWISE[attempt.method])
    return text.replace("{audience}", claims.audience or "none", 1).replace("{issuer}", claims.issuer or "nobody", 1)


_ADVICE = (
    (
        r"audience",
        "its audience {audience} is not the declared one; request that one (VAULT_JWT_AUDIENCE on GitHub, "
        '"aud" on GitLab, "audience" of the volume in a pod)',
    ),
    (r"\(nbf\)|\(iat\)|not yet valid", "the clocks of its issuer and of Vault differ; have them set"),
    (r"\(iss\)", "its issuer {issuer} is not the declared one; correct one of them"),
    (
        r"signature|no known key",
        "no key of the declared issuer signed it. Check that it comes from that issuer, and that declared keys are "
        "current",
    ),
    (
        r"claim",
        "its repository, ref, user or another claim is not the declared one; compare the claims of the token with the "
        "declaration",
    ),
    (
        r"not authorized",
        "its service account or namespace is not the declared one; run this under that one, or correct the declaration",
    ),
)

_OTHERWISE = {
    "jwt": "it does not match the declaration of the app, or no auth method is mounted there; compare them, and check "
    "VAULT_AUTH_MOUNT",
    "kubernetes": "the cluster does not know the token, Vault cannot or may not ask the cluster, or no auth method is "
    "mounted there. Check Vault's log, VAULT_AUTH_MOUNT, and that the reviewing token (the pod's or Vault's own) has "
    "the role system:auth-delegator",
}
"""Advice if Vault says only "permission denied"."""
