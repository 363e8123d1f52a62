from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from webex_token_client.errors import ExplainedError
from webex_token_client.httpx import WebexAuth

from .webex_server import Answer, NamedTokens, WebexServer, accepting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


def client_of(tokens: NamedTokens, *origins: str, follow_redirects: bool = False) -> httpx.Client:
    auth = WebexAuth(tokens.source, origins=origins)
    return httpx.Client(auth=auth, trust_env=False, follow_redirects=follow_redirects)


def test_request_with_refused_token_is_repeated_once_with_next_token() -> None:
    tokens = NamedTokens("old", "new")
    with WebexServer(accepting("new")) as webex, client_of(tokens, webex.url) as client:
        response = client.post(f"{webex.api}/messages", json={"text": "hello"})
    assert response.status_code == 200
    assert [(each.authorization, each.body) for each in webex.received] == [
        ("Bearer old", b'{"text":"hello"}'),
        ("Bearer new", b'{"text":"hello"}'),
    ]
    assert tokens.rejected == ["old"]


def test_async_request_is_repeated_too() -> None:
    tokens = NamedTokens("old", "new")

    async def people(url: str) -> int:
        async with httpx.AsyncClient(auth=WebexAuth(tokens.source, origins=[url]), trust_env=False) as client:
            return (await client.get(f"{url}/v1/people/me")).status_code

    with WebexServer(accepting("new")) as webex:
        assert asyncio.run(people(webex.url)) == 200
    assert [each.authorization for each in webex.received] == ["Bearer old", "Bearer new"]


def test_second_401_is_the_answer() -> None:
    with WebexServer(accepting("new")) as webex, client_of(NamedTokens("old", "older"), webex.url) as client:
        assert client.get(f"{webex.api}/people/me").status_code == 401
    assert len(webex.received) == 2


def test_stream_is_not_sent_again_and_its_token_is_rejected() -> None:
    def parts() -> Iterator[bytes]:
        yield b"part"

    tokens = NamedTokens("old", "new")
    with WebexServer(accepting("new")) as webex, client_of(tokens, webex.url) as client:
        assert client.post(f"{webex.api}/messages", content=parts()).status_code == 401
        assert client.get(f"{webex.api}/people/me").status_code == 200
    assert [each.authorization for each in webex.received] == ["Bearer old", "Bearer new"]


def test_async_stream_is_not_sent_again() -> None:
    tokens = NamedTokens("old", "new")

    async def parts() -> AsyncIterator[bytes]:
        yield b"part"

    async def send(url: str) -> int:
        async with httpx.AsyncClient(auth=WebexAuth(tokens.source, origins=[url]), trust_env=False) as client:
            return (await client.post(f"{url}/v1/messages", content=parts())).status_code

    with WebexServer(accepting("new")) as webex:
        assert asyncio.run(send(webex.url)) == 401
    assert tokens.rejected == ["old"]


def test_request_to_another_origin_is_refused() -> None:
    async def ask(url: str) -> None:
        async with httpx.AsyncClient(auth=WebexAuth(NamedTokens().source), trust_env=False) as client:
            await client.get(url)

    with WebexServer(accepting("new")) as webex:
        with (
            client_of(NamedTokens(), "https://webexapis.com") as client,
            pytest.raises(ExplainedError, match=r"^the access token is not for http://127"),
        ):
            client.get(webex.api)
        with pytest.raises(ExplainedError, match=r"^the access token is not for http://127"):
            asyncio.run(ask(webex.api))
    assert webex.received == []


def test_redirect_to_another_origin_takes_no_token_along() -> None:
    tokens = NamedTokens("good", "next")
    with WebexServer(lambda _: Answer(401)) as other:
        moved = Answer(302, headers={"location": f"{other.url}/there"})
        with WebexServer(lambda _: moved) as webex, client_of(tokens, webex.url, follow_redirects=True) as client:
            assert client.get(f"{webex.api}/moved").status_code == 401
    assert [each.authorization for each in other.received] == [None]
    assert tokens.rejected == []
