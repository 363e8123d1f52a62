"""The token for webexpythonsdk: ``pip install webex-token-client[webexpythonsdk]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import webexpythonsdk

from .requests import WebexAuth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .token_source import TokenSource


class WebexAPI(webexpythonsdk.WebexAPI):  # type: ignore[misc]
    """``WebexAPI`` of webexpythonsdk, with a token that is renewed.

    The SDK itself writes one token into the headers of its session. Here the session authorizes each request anew.

    ::

        api = WebexAPI(tokens)
        print(api.people.me().displayName)
    """

    def __init__(self, tokens: TokenSource, *, origins: Iterable[str] | None = None, **options: Any) -> None:  # noqa: ANN401
        """Take the source, the origins that get the token, and all other options of the SDK.

        The only origin is that of ``base_url`` by default. Raises ExplainedError if an origin would get the token in
        clear over a network, or an error of ``TokenSource``.
        """
        self._tokens = tokens
        super().__init__(access_token=tokens.token().access_token, **options)
        allowed = (self.base_url,) if origins is None else origins
        self._session._req_session.auth = WebexAuth(tokens, origins=allowed)  # noqa: SLF001

    @property
    def access_token(self) -> str:
        """The access token of the moment."""
        return self._tokens.token().access_token
