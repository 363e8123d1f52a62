"""The proxy for a URL, by the variables of the environment."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from ..errors import ExplainedError


def proxy_for(url: SplitResult) -> SplitResult | None:
    """Return the proxy for a URL, by the variables that urllib reads, and ``ALL_PROXY``.

    A loopback address never uses a proxy, as in ``vault`` and ``bao``. The proxy would connect to its own machine, and
    see the token. Raises ExplainedError if the variable does not hold a usable proxy.
    """
    host = url.hostname or ""
    proxies: dict[str, str] = getproxies_environment()
    name = next((each for each in (url.scheme, "all") if proxies.get(each)), None)
    if name is None or is_loopback(host):
        return None
    # urllib takes ".example.com" for all names in a domain, and others write "*.example.com".
    exceptions = re.sub(r"(^|[,\s])\*\.", r"\1.", proxies.get("no", "")).replace(" ", ",")
    place = f"[{host}]" if ":" in host else host
    port = url.port or (443 if url.scheme == "https" else 80)
    if exceptions and any(proxy_bypass_environment(each, {"no": exceptions}) for each in (place, f"{place}:{port}")):
        return None
    return _proxy_url(f"{name}_proxy", proxies[name])


def is_loopback(host: str) -> bool:
    """Return whether the host name of a URL means this machine."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address == ipaddress.ip_address("::1") or (address.version == 4 and address.is_loopback)  # noqa: PLR2004


def _proxy_url(name: str, value: str) -> SplitResult:
    try:
        # The default scheme is http, as in curl.
        url = urlsplit(value if "://" in value else f"http://{value}")
        usable = url.scheme == "http" and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        # The value is not quoted, because it may contain a password.
        raise ExplainedError(
            f"{name} must be the http URL of a proxy, got something else; write it like "
            '"http://proxy.example:3128". A proxy that is itself reached by https is not supported in Python'
        )
    return url
