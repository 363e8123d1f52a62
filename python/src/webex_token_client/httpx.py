"""The token for httpx: ``pip install webex-token-client[httpx]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from ._origins import WEBEX, Origins

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Iterable

    from .credential_reading import CredentialReading
    from .token_source import TokenSource


class WebexAuth(httpx.Auth):
    """Authorizes each request of ``httpx.Client`` and ``httpx.AsyncClient`` with the access token of the moment.

    A request that gets a 401 is repeated once, with a token that is read anew. A streamed body is not sent again. A
    redirect to another origin takes no token along.

    ::

        with httpx.Client(auth=WebexAuth(tokens)) as client:
            client.get("https://webexapis.com/v1/people/me")
    """

    def __init__(self, tokens: TokenSource, *, origins: Iterable[str] = (WEBEX,)) -> None:
        """Take the source, and the origins that get the token: each is https, or on loopback.

        Raises ExplainedError if an origin would get the token in clear over a network.
        """
        self._tokens = tokens
        self._origins = Origins(origins)

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authorize a request of ``Client``. Raises ExplainedError for another origin, or as ``TokenSource``."""
        self._origins.require(str(request.url))
        reading = self._tokens.token()
        response = yield _authorized(request, reading)
        if _is_refused(response, reading):
            self._tokens.reject(reading)
            if _is_repeatable(request):
                yield _authorized(request, self._tokens.token())

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Authorize a request of ``AsyncClient``, with the same errors."""
        self._origins.require(str(request.url))
        reading = await self._tokens.atoken()
        response = yield _authorized(request, reading)
        if _is_refused(response, reading):
            self._tokens.reject(reading)
            if _is_repeatable(request):
                yield _authorized(request, await self._tokens.atoken())


def _authorized(request: httpx.Request, reading: CredentialReading) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {reading.access_token}"
    return request


def _is_refused(response: httpx.Response, reading: CredentialReading) -> bool:
    # After a redirect, the answer may be that of another origin, which got no token.
    sent = response.request.headers.get("Authorization")
    return response.status_code == httpx.codes.UNAUTHORIZED and sent == f"Bearer {reading.access_token}"


def _is_repeatable(request: httpx.Request) -> bool:
    return isinstance(request.stream, httpx.ByteStream)
