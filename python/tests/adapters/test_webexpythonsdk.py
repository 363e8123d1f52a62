from __future__ import annotations

import pytest

from webex_token_client.errors import ExplainedError
from webex_token_client.webexpythonsdk import WebexAPI

from .webex_server import NamedTokens, WebexServer, accepting


def test_api_continues_after_the_end_of_its_token() -> None:
    tokens = NamedTokens("old", "new")
    with WebexServer(accepting("new")) as webex:
        api = WebexAPI(tokens.source, base_url=f"{webex.api}/")
        assert api.people.me().displayName == "Ada Admin"
        assert api.people.me().displayName == "Ada Admin"
    assert [each.authorization for each in webex.received] == ["Bearer old", "Bearer new", "Bearer new"]
    assert api.access_token == "new"


def test_api_takes_the_options_of_the_sdk() -> None:
    api = WebexAPI(NamedTokens("good").source, single_request_timeout=7, wait_on_rate_limit=False)
    assert (api.base_url, api.single_request_timeout, api.wait_on_rate_limit) == ("https://webexapis.com/v1/", 7, False)


def test_base_url_without_encryption_is_refused() -> None:
    with pytest.raises(ExplainedError, match=r"^http://webex.example.com/v1/ would get the access token in clear"):
        WebexAPI(NamedTokens("good").source, base_url="http://webex.example.com/v1/")


def test_url_of_another_origin_is_refused() -> None:
    with WebexServer(accepting("good")) as webex:
        api = WebexAPI(NamedTokens("good").source)
        with pytest.raises(ExplainedError, match=r"^the access token is not for http://127"):
            api._session.get(f"{webex.api}/people/me")
    assert webex.received == []
