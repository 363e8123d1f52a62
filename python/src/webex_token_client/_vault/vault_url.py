"""Addresses and paths of Vault."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

from .._http.proxy import is_loopback
from .._safe_text import one_line
from ..errors import ExplainedError


def split_url(address: str) -> SplitResult | None:
    """Return the parts of an http or https URL, or ``None`` for another text."""
    try:
        url = urlsplit(address)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return None
    return url if usable and re.fullmatch(r"[\x21-\x7e]+", address) else None


def vault_url(address: str, path: str) -> str:
    """Return the URL of a path of Vault's API. The address may have the path of a proxy.

    Raises ExplainedError if the address is not a URL, or the path would become another one, as by ``..``.
    """
    if split_url(address) is None:
        raise ExplainedError(
            "the address of Vault must be an http or https URL, "
            f'got "{one_line(without_credentials(address))}"; write it like "https://vault.example:8200"'
        )
    segments = [unquote(segment) for segment in path.split("?", 1)[0].split("/")]
    if "#" in path or ".." in segments or "." in segments or re.search(r"[\x00-\x20\x7f-\uffff\\]", path):
        raise ExplainedError(
            f'the path "{one_line(path)}" would become another one in a URL, so Vault is not asked for it; '
            'give names without "..", "#" and control characters'
        )
    return f"{without_credentials(address).rstrip('/')}/v1/{path}"


def origin_of(url: SplitResult) -> str:
    """Return scheme, host and port, without the port if it is the scheme's own."""
    host = (url.hostname or "").lower()
    place = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}.get(url.scheme)
    return f"{url.scheme}://{place}" if url.port in (None, default) else f"{url.scheme}://{place}:{url.port}"


def without_credentials(address: str) -> str:
    """Remove user and password from an address, for messages."""
    return re.sub(r"^(\w+://)?[^/]*@", r"\1", address)


def refuse_plain_http(address: str, advice: str = "use https") -> None:
    """Raise ExplainedError if tokens would cross a network unencrypted."""
    url = split_url(address)
    if url is not None and url.scheme == "http" and not is_loopback(url.hostname or ""):
        raise ExplainedError(f"{address} would get tokens and secret ids unencrypted over the network; {advice}")
