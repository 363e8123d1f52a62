"""A source whose token is in its cache, for ``python -m timeit``."""

import json

from webex_token_client import AppRole, TokenSource
from webex_token_client._http.http_request import HttpAnswer, HttpRequest

_AUTH = {"client_token": "the-vault-token", "lease_duration": 0, "renewable": False}
_DATA = {"access_token": "the-access-token", "type": "Bearer", "server": "webex"}


class _Vault:
    def send(self, _request: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, {}, json.dumps({"auth": _AUTH, "data": _DATA}).encode())

    def close(self) -> None:
        pass


class Plain:
    """The least that a method can do: it returns an attribute."""

    def __init__(self) -> None:
        self._token = "the-access-token"

    def token(self) -> str:
        return self._token


identity = AppRole("role", secret_id="the-secret-id")
tokens = TokenSource("testauth", address="http://127.0.0.1:1", identity=identity, transport=_Vault())
tokens.token()
plain = Plain()
