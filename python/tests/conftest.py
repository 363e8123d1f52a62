from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from loopback_vault import SECRET_ID, LoopbackVault
from webex_token_client import AppRole, RetryOptions, TokenSource

READ = "GET oauthapp/creds/testauth"


@pytest.fixture
def vault() -> Iterator[LoopbackVault]:
    with LoopbackVault() as server:
        yield server


@pytest.fixture
def source(vault: LoopbackVault) -> Iterator[Callable[..., TokenSource]]:
    sources: list[TokenSource] = []

    def make(**options: object) -> TokenSource:
        settings = {"address": vault.address, "identity": AppRole("role", secret_id=SECRET_ID), **options}
        settings.setdefault("retry", RetryOptions(attempts=1))
        sources.append(TokenSource("testauth", **settings))  # type: ignore[arg-type]
        return sources[-1]

    yield make
    for each in sources:
        each.close()
