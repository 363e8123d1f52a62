"""Asks people/me by one SDK, once for each line on standard input. Prints the name of the person each time."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable

from webex_token_client import TokenSource, token_source_from_environment

API = os.environ["WEBEX_API_URL"]
ME = f"{API}/people/me"


async def by_requests(tokens: TokenSource, ask: Callable[[Callable[[], object]], Awaitable[None]]) -> None:
    import requests

    from webex_token_client.requests import WebexAuth

    with requests.Session() as session:
        session.auth = WebexAuth(tokens, origins=[API])
        await ask(lambda: session.get(ME).json()["displayName"])


async def by_httpx(tokens: TokenSource, ask: Callable[[Callable[[], object]], Awaitable[None]]) -> None:
    import httpx

    from webex_token_client.httpx import WebexAuth

    with httpx.Client(auth=WebexAuth(tokens, origins=[API])) as client:
        await ask(lambda: client.get(ME).json()["displayName"])


async def by_httpx_async(tokens: TokenSource, ask: Callable[[Callable[[], object]], Awaitable[None]]) -> None:
    import httpx

    from webex_token_client.httpx import WebexAuth

    async with httpx.AsyncClient(auth=WebexAuth(tokens, origins=[API])) as client:

        async def name() -> object:
            return (await client.get(ME)).json()["displayName"]

        await ask(name)


async def by_webexpythonsdk(tokens: TokenSource, ask: Callable[[Callable[[], object]], Awaitable[None]]) -> None:
    from webex_token_client.webexpythonsdk import WebexAPI

    api = WebexAPI(tokens, base_url=f"{API}/")
    await ask(lambda: api.people.me().displayName)


async def by_wxc_sdk(tokens: TokenSource, ask: Callable[[Callable[[], object]], Awaitable[None]]) -> None:
    from wxc_sdk.rest import RestSession

    from webex_token_client.wxc_sdk import WebexSimpleApi

    RestSession.BASE = API
    with WebexSimpleApi(tokens=tokens) as api:
        await ask(lambda: api.people.me().display_name)


async def by_wxc_sdk_async(tokens: TokenSource, ask: Callable[[Callable[[], object]], Awaitable[None]]) -> None:
    from wxc_sdk.as_rest import AsRestSession

    from webex_token_client.wxc_sdk import AsWebexSimpleApi

    AsRestSession.BASE = API
    async with AsWebexSimpleApi(tokens=tokens) as api:

        async def name() -> object:
            return (await api.people.me()).display_name

        await ask(name)


async def ask(name: Callable[[], object]) -> None:
    while await asyncio.to_thread(sys.stdin.readline):
        found = name()
        print(await found if isinstance(found, Awaitable) else found, flush=True)


async def main(sdk: str) -> None:
    async with token_source_from_environment("testauth") as tokens:
        await globals()[f"by_{sdk}"](tokens, ask)


asyncio.run(main(sys.argv[1]))
