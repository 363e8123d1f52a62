from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from webex_token_client.errors import ExplainedError

from .webex_server import Answer, NamedTokens, Received, WebexServer, accepting

pytest.importorskip("wxc_sdk", reason="wxc_sdk is for Python 3.11 to 3.13")

from wxc_sdk.as_rest import AsRestSession
from wxc_sdk.rest import RestSession

from webex_token_client.wxc_sdk import AsWebexSimpleApi, RenewedTokens, WebexSimpleApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def webex(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebexServer]:
    with WebexServer(accepting("new")) as server:
        monkeypatch.setattr(RestSession, "BASE", server.api)
        monkeypatch.setattr(AsRestSession, "BASE", server.api)
        yield server


def test_api_continues_after_the_end_of_its_token(webex: WebexServer) -> None:
    with WebexSimpleApi(tokens=NamedTokens("old", "new").source) as api:
        assert api.people.me().display_name == "Ada Admin"
        assert api.people.me().display_name == "Ada Admin"
        assert api.access_token == "new"
    assert [each.authorization for each in webex.received] == ["Bearer old", "Bearer new", "Bearer new"]


def test_async_api_continues_after_the_end_of_its_token(webex: WebexServer) -> None:
    async def people() -> tuple[str | None, ...]:
        async with AsWebexSimpleApi(tokens=NamedTokens("old", "new").source) as api:
            return (await api.people.me()).display_name, (await api.people.me()).display_name, api.access_token

    assert asyncio.run(people()) == ("Ada Admin", "Ada Admin", "new")
    assert [each.authorization for each in webex.received] == ["Bearer old", "Bearer new", "Bearer new"]


def test_async_request_with_a_body_is_sent_again(webex: WebexServer) -> None:
    async def send() -> None:
        async with AsWebexSimpleApi(tokens=NamedTokens("old", "new").source) as api:
            await api.session.rest_post(f"{webex.api}/messages", json={"text": "hello"})

    asyncio.run(send())
    assert [each.body for each in webex.received] == [b'{"text": "hello"}'] * 2


def test_tokens_alone_give_each_request_the_token_of_the_moment(webex: WebexServer) -> None:
    tokens = NamedTokens("old", "new")
    with RestSession(tokens=RenewedTokens(tokens.source), concurrent_requests=1) as session:
        tokens.reject(tokens.token())
        assert session.access_token == "new"
        session.rest_get(f"{webex.api}/people/me")
    assert [each.authorization for each in webex.received] == ["Bearer new"]


@pytest.mark.parametrize("show", [repr, str, RenewedTokens.model_dump_json, RenewedTokens.json])
def test_tokens_show_no_token(show: Callable[[RenewedTokens], str]) -> None:
    assert "secret-token" not in show(RenewedTokens(NamedTokens("secret-token").source))


def test_status_page_gets_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(url: str) -> None:
        async with AsWebexSimpleApi(tokens=NamedTokens("good").source) as api:
            await api.session.rest_get(url)

    with WebexServer(lambda _: Answer(200, b"{}")) as status:
        monkeypatch.setattr("webex_token_client.wxc_sdk._PUBLIC._allowed", (status.url,))
        with WebexSimpleApi(tokens=NamedTokens("good").source) as api:
            api.session.rest_get(f"{status.url}/status.json")
        asyncio.run(ask(f"{status.url}/status.json"))
    assert [each.authorization for each in status.received] == [None, None]


def test_request_to_another_origin_is_refused() -> None:
    async def ask(url: str) -> None:
        async with AsWebexSimpleApi(tokens=NamedTokens().source) as api:
            await api.session.rest_get(url)

    with WebexServer(accepting("new")) as server:
        with (
            WebexSimpleApi(tokens=NamedTokens("good").source) as api,
            pytest.raises(ExplainedError, match=r"^the access token is not for http://127"),
        ):
            api.session.rest_get(f"{server.api}/people/me")
        with pytest.raises(ExplainedError, match=r"^the access token is not for http://127"):
            asyncio.run(ask(f"{server.api}/people/me"))
    assert server.received == []


def test_async_redirect_to_another_origin_takes_no_token_along(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(url: str) -> int:
        async with AsWebexSimpleApi(tokens=NamedTokens("new").source) as api:
            status: int = (await api.session.get(url, headers={"Authorization": "Bearer x"})).status
            return status

    def moved(_: Received) -> Answer:
        return Answer(302, headers={"location": f"{other.url}/there"})

    with WebexServer(lambda _: Answer(204)) as other, WebexServer(moved) as moving:
        monkeypatch.setattr(AsRestSession, "BASE", moving.api)
        assert asyncio.run(ask(f"{moving.api}/moved")) == 204
    assert [each.authorization for each in moving.received] == ["Bearer new"]
    assert [each.authorization for each in other.received] == [None]


def test_origins_are_those_that_the_sdk_asks_with_its_token() -> None:
    auth = WebexSimpleApi(tokens=NamedTokens("good").source).session.auth
    for host in ("webexapis.com", "analytics.webexapis.com", "analytics-calling-eu.webexapis.com"):
        assert f"https://{host}/v1" in auth._origins  # type: ignore[union-attr]
    assert "https://webexapis.com.example.com/v1" not in auth._origins  # type: ignore[union-attr]
