"""The leader of a cluster, to which a standby node redirects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from .._http.json_fields import fields_of, text_of
from ..errors import ExplainedError
from .vault_url import origin_of, split_url, vault_url

_TEMPORARY = 307

_CHECK = "nothing was sent there; check that VAULT_ADDR is a Vault or OpenBao server"


@dataclass(frozen=True)
class Redirect:
    """An answer that redirects, with the address and path of the request for messages, and its URL."""

    status: int
    location: str
    address: str
    path: str
    url: str


def leader_target(redirect: Redirect, ask_leader: Callable[[], object]) -> str:
    """Return the target of a redirect, which must be the leader. Another server could obtain the token by it.

    ``ask_leader`` requests ``sys/leader`` from the node without an identity. Raises ExplainedError.
    """
    address, path = redirect.address, redirect.path
    location = _joined(redirect)
    target = None if location is None else split_url(location)
    if redirect.status != _TEMPORARY or location is None or target is None:
        place = "an invalid URL" if target is None else origin_of(target)
        raise ExplainedError(f"{address} answered {path} with a redirect ({redirect.status}) to {place}; {_CHECK}")
    url = urlsplit(redirect.url)
    asked = urlsplit(vault_url(origin_of(url), path))
    if not f"{target.path}?{target.query}".endswith(f"{asked.path}?{asked.query}") or "@" in target.netloc:
        raise ExplainedError(f"{address} answered {path} with a redirect to another path; {_CHECK}")
    if target.scheme != url.scheme:
        raise ExplainedError(
            f"{address} redirects to {origin_of(target)}, which is not {url.scheme}; "
            "correct api_addr in the server's configuration"
        )
    named = _leader_in(ask_leader())
    if named != origin_of(target):
        raise ExplainedError(
            f"{address} redirects to {origin_of(target)}, but names {named or 'nobody'} as its leader; nothing was "
            "sent there; check VAULT_ADDR, and api_addr in the servers' configuration"
        )
    return location


def _joined(redirect: Redirect) -> str | None:
    try:
        return urljoin(redirect.url, redirect.location)
    except ValueError:
        return None


def _leader_in(reply: object) -> str | None:
    try:
        url = split_url(text_of(fields_of(reply).get("leader_address")))
    except TypeError:
        return None
    return None if url is None else origin_of(url)
