"""Origins that may get the access token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ._http.proxy import is_loopback
from .errors import ExplainedError

if TYPE_CHECKING:
    from collections.abc import Iterable

WEBEX = "https://webexapis.com"

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Origins:
    """Scheme, host and port of the servers that may get the token."""

    def __init__(self, urls: Iterable[str]) -> None:
        """Take URLs, whose origins count. Raises ExplainedError if one would get the token in clear over a network."""
        self._allowed = tuple(_safe_origin(url) for url in ((urls,) if isinstance(urls, str) else urls))

    def __contains__(self, url: str) -> bool:
        return _origin(url) in self._allowed

    def require(self, url: str) -> None:
        """Raise ExplainedError if the URL is at another origin."""
        if url not in self:
            raise ExplainedError(
                f"the access token is not for {_origin(url)}; it goes to {', '.join(self._allowed)} only, "
                'so correct the URL, or name that origin in "origins"'
            )


def _safe_origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ExplainedError(f"{url} would get the access token in clear over the network; use https")
    return _origin(url)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    default = _DEFAULT_PORTS.get(parts.scheme)
    port = parts.port or default
    place = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{place}" if port == default else f"{parts.scheme}://{place}:{port}"
