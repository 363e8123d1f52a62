"""The token for requests: ``pip install webex-token-client[requests]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar

from ._origins import WEBEX, Origins

if TYPE_CHECKING:
    from collections.abc import Iterable

    from requests import PreparedRequest, Response

    from .token_source import TokenSource

_UNAUTHORIZED = 401


class WebexAuth(AuthBase):
    """Authorizes each request with the access token of the moment.

    A request that gets a 401 is repeated once, with a token that is read anew. A body that cannot be sent again is not
    repeated. A redirect to another origin takes no token along.

    ::

        session = requests.Session()
        session.auth = WebexAuth(tokens)
        session.get("https://webexapis.com/v1/people/me")
    """

    def __init__(self, tokens: TokenSource, *, origins: Iterable[str] = (WEBEX,)) -> None:
        """Take the source, and the origins that get the token: each is https, or on loopback.

        Raises ExplainedError if an origin would get the token in clear over a network.
        """
        self._tokens = tokens
        self._origins = Origins(origins)

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Authorize a request. Raises ExplainedError for another origin, or an error of ``TokenSource``."""
        self._origins.require(r.url or "")
        reading = self._tokens.token()
        r.headers["Authorization"] = f"Bearer {reading.access_token}"
        start = _position(r.body)

        def repeat(response: Response, **options: Any) -> Response:  # noqa: ANN401
            refused = response.request
            # A redirect takes this hook along, and perhaps not the token.
            if response.status_code != _UNAUTHORIZED or not carries(refused.headers, reading.access_token):
                return response
            self._tokens.reject(reading)
            if not _rewind(refused.body, start):
                return response
            # An answer that is read leaves its connection to the next request.
            _ = response.content
            response.close()
            again = refused.copy()
            again.headers["Authorization"] = f"Bearer {self._tokens.token().access_token}"
            # A redirect of the repeated request copies the first one.
            refused.headers["Authorization"] = again.headers["Authorization"]
            cookies: Any = again._cookies  # noqa: SLF001
            extract_cookies_to_jar(cookies, refused, response.raw)
            again.prepare_cookies(cookies)
            connection: Any = response.connection
            answer: Response = connection.send(again, **options)
            answer.history.append(response)
            answer.request = again
            return answer

        r.register_hook("response", repeat)
        return r


def carries(headers: Any, access_token: str) -> bool:  # noqa: ANN401
    """Return whether a request was sent with this token."""
    return bool(headers.get("Authorization") == f"Bearer {access_token}")


def _position(body: Any) -> int | None:  # noqa: ANN401
    """Return the place in a file from which it is sent."""
    try:
        return int(body.tell())
    except (AttributeError, OSError):
        return None


def _rewind(body: Any, start: int | None) -> bool:  # noqa: ANN401
    """Make a body ready to be sent again. Return whether that is possible."""
    if body is None or isinstance(body, (bytes, str)):
        return True
    if start is None:
        return False
    try:
        body.seek(start)
    except (AttributeError, OSError):
        return False
    return True
