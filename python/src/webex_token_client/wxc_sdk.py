"""The token for wxc_sdk: ``pip install webex-token-client[wxc-sdk]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import wxc_sdk
from pydantic import PrivateAttr
from wxc_sdk import as_api
from wxc_sdk.as_rest import AsRestSession
from wxc_sdk.rest import RestSession
from wxc_sdk.tokens import Tokens

from ._origins import WEBEX, Origins
from .requests import WebexAuth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse
    from requests import PreparedRequest

    from .credential_reading import CredentialReading
    from .token_source import TokenSource

_UNAUTHORIZED = 401

_FURTHER_ORIGINS = (
    "https://analytics.webexapis.com",
    "https://analytics-calling.webexapis.com",
    "https://analytics-calling-au.webexapis.com",
    "https://analytics-calling-eu.webexapis.com",
    "https://analytics-calling-in.webexapis.com",
    "https://reportdownload-a.webex.com",
)
"""The other origins to which the SDK sends its token: figures, call records and reports."""

_PUBLIC = Origins(("https://status.webex.com",))
"""The SDK sends its token there too, and nobody asks for it."""


class RenewedTokens(Tokens):
    """``Tokens`` of the SDK, whose ``access_token`` is that of the moment.

    It is for a ``RestSession`` of your own. It repeats no request after a 401: ``WebexSimpleApi`` of this module does.
    """

    _source: TokenSource = PrivateAttr()

    def __init__(self, source: TokenSource) -> None:
        """Take the source of the tokens."""
        super().__init__()
        self._source = source

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401
        """Return the token of the source in place of a stored one."""
        if name == "access_token":
            return self._source.token().access_token
        return super().__getattribute__(name)


class WebexSimpleApi(wxc_sdk.WebexSimpleApi):
    """``WebexSimpleApi`` of wxc_sdk, with a token that is renewed.

    ::

        with WebexSimpleApi(tokens=tokens) as api:
            print(api.people.me().display_name)
    """

    def __init__(self, *, tokens: TokenSource, origins: Iterable[str] | None = None, **options: Any) -> None:  # noqa: ANN401
        """Take the source, the origins that get the token, and all other options of the SDK.

        By default, the origins are that of ``RestSession.BASE``, and Webex's hosts for figures, call records and
        reports. Raises ExplainedError if an origin would get the token in clear over a network.
        """
        super().__init__(tokens=RenewedTokens(tokens), **options)
        self.session.auth = _SessionAuth(tokens, origins=_origins_of(RestSession.BASE) if origins is None else origins)


class AsWebexSimpleApi(as_api.AsWebexSimpleApi):
    """``AsWebexSimpleApi`` of wxc_sdk, with a token that is renewed.

    ::

        async with AsWebexSimpleApi(tokens=tokens) as api:
            print((await api.people.me()).display_name)
    """

    def __init__(self, *, tokens: TokenSource, origins: Iterable[str] | None = None, **options: Any) -> None:  # noqa: ANN401
        """Take the source, the origins that get the token, and all other options of the SDK.

        The default and the error are those of ``WebexSimpleApi``. ``access_token`` is the token of the last request.
        """
        # The SDK reads this object within the event loop, so it must not ask Vault.
        last = Tokens(access_token="")
        allowed = Origins(_origins_of(AsRestSession.BASE) if origins is None else origins)
        middlewares = (_middleware(tokens, allowed, last), *options.pop("middlewares", ()))
        super().__init__(tokens=last, middlewares=middlewares, **options)


class _SessionAuth(WebexAuth):
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        if (r.url or "") in _PUBLIC:
            r.headers.pop("Authorization", None)
            return r
        return super().__call__(r)


def _middleware(tokens: TokenSource, allowed: Origins, last: Tokens) -> ClientMiddlewareType:
    async def authorized(request: ClientRequest) -> CredentialReading:
        reading = await tokens.atoken()
        last.access_token = reading.access_token
        request.headers["Authorization"] = f"Bearer {reading.access_token}"
        return reading

    async def send(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        # After a redirect to another origin, aiohttp has removed the header.
        if str(request.url) in _PUBLIC or "Authorization" not in request.headers:
            request.headers.pop("Authorization", None)
            return await handler(request)
        allowed.require(str(request.url))
        reading = await authorized(request)
        response = await handler(request)
        if response.status != _UNAUTHORIZED:
            return response
        tokens.reject(reading)
        if getattr(request.body, "consumed", False):
            return response
        response.release()
        await authorized(request)
        return await handler(request)

    return send


def _origins_of(base: str) -> tuple[str, ...]:
    return (base, *_FURTHER_ORIGINS) if base.startswith(f"{WEBEX}/") else (base,)
