from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
import requests

from webex_token_client.errors import ExplainedError
from webex_token_client.requests import WebexAuth

from .webex_server import Answer, NamedTokens, Received, WebexServer, accepting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def session_of(tokens: NamedTokens, *origins: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.auth = WebexAuth(tokens.source, origins=origins)
    return session


def test_request_with_refused_token_is_repeated_once_with_next_token() -> None:
    tokens = NamedTokens("old", "new")
    with WebexServer(accepting("new")) as webex, session_of(tokens, webex.url) as session:
        response = session.get(f"{webex.api}/people/me")
    assert response.json()["displayName"] == "Ada Admin"
    assert [each.authorization for each in webex.received] == ["Bearer old", "Bearer new"]
    assert tokens.rejected == ["old"]
    assert [each.status_code for each in response.history] == [401]


def test_second_401_is_the_answer() -> None:
    tokens = NamedTokens("old", "older")
    with WebexServer(accepting("new")) as webex, session_of(tokens, webex.url) as session:
        assert session.get(f"{webex.api}/people/me").status_code == 401
    assert len(webex.received) == 2


@pytest.mark.parametrize("body", [b"bytes", "text", io.BytesIO(b"in a file"), {"form": "field"}])
def test_body_is_sent_again(body: bytes | str | io.BytesIO | dict[str, str]) -> None:
    with WebexServer(accepting("new")) as webex, session_of(NamedTokens("old", "new"), webex.url) as session:
        assert session.post(f"{webex.api}/messages", data=body).status_code == 200
    first, second = (each.body for each in webex.received)
    assert first == second != b""


def test_file_is_sent_again_from_where_it_began(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"head and the rest")
    tokens = NamedTokens("old", "new")
    with WebexServer(accepting("new")) as webex, session_of(tokens, webex.url) as session, path.open("rb") as file:
        file.seek(5)
        assert session.put(f"{webex.api}/files", data=file).status_code == 200
    assert [each.body for each in webex.received] == [b"and the rest"] * 2


def test_generator_is_not_sent_again_and_its_token_is_rejected() -> None:
    def parts() -> Iterator[bytes]:
        yield b"part"

    tokens = NamedTokens("old", "new")
    with WebexServer(accepting("new")) as webex, session_of(tokens, webex.url) as session:
        assert session.post(f"{webex.api}/messages", data=parts()).status_code == 401
        assert session.get(f"{webex.api}/people/me").status_code == 200
    assert [(each.authorization, each.body) for each in webex.received] == [
        ("Bearer old", b"part"),
        ("Bearer new", b""),
    ]


def test_request_to_another_origin_is_refused_before_the_token_is_read() -> None:
    with (
        WebexServer(accepting("new")) as webex,
        session_of(NamedTokens(), "https://webexapis.com") as session,
        pytest.raises(ExplainedError, match=r"^the access token is not for http://127\.0\.0\.1:\d+; it goes to https"),
    ):
        session.get(webex.api)
    assert webex.received == []


def test_redirect_to_another_origin_takes_no_token_along() -> None:
    tokens = NamedTokens("good", "next")
    with WebexServer(lambda _: Answer(401)) as other:
        moved = Answer(302, headers={"location": f"{other.url}/there"})
        with WebexServer(lambda _: moved) as webex, session_of(tokens, webex.url) as session:
            assert session.get(f"{webex.api}/moved").status_code == 401
    assert [each.authorization for each in other.received] == [None]
    assert tokens.rejected == []


def test_redirect_after_a_repeated_request_has_the_next_token() -> None:
    def answer(request: Received) -> Answer:
        if request.authorization != "Bearer new":
            return Answer(401)
        return Answer(200) if request.path == "/there" else Answer(302, headers={"location": "/there"})

    with WebexServer(answer) as webex, session_of(NamedTokens("old", "new"), webex.url) as session:
        assert session.get(f"{webex.api}/moved").status_code == 200
    assert [each.authorization for each in webex.received] == ["Bearer old", "Bearer new", "Bearer new"]


def test_streamed_answer_of_repeated_request_is_read_by_the_caller() -> None:
    with (
        WebexServer(accepting("new")) as webex,
        session_of(NamedTokens("old", "new"), webex.url) as session,
        session.get(f"{webex.api}/people/me", stream=True) as response,
    ):
        assert json.loads(b"".join(response.iter_content(4)))["displayName"] == "Ada Admin"


def test_cookie_of_the_refusal_comes_back() -> None:
    def answer(request: Received) -> Answer:
        if request.authorization != "Bearer new":
            return Answer(401, headers={"set-cookie": "route=here; Path=/"})
        return Answer(200)

    with WebexServer(answer) as webex, session_of(NamedTokens("old", "new"), webex.url) as session:
        response = session.get(f"{webex.api}/people/me")
    assert response.request.headers.get("Cookie") == "route=here"


@pytest.mark.parametrize(
    "origin", ["http://webexapis.com", "ftp://127.0.0.1", "webexapis.com", "http://127.0.0.1.example.com"]
)
def test_origin_without_encryption_is_refused(origin: str) -> None:
    with pytest.raises(ExplainedError, match=r"in clear over the network; use https$"):
        WebexAuth(NamedTokens("good").source, origins=[origin])
