"""No representation, traceback, pickle or log shows a token or a secret id."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import READ
from loopback_vault import ACCESS_TOKEN, LOGIN, SECRET_ID, VAULT_TOKEN, LoopbackVault, Reply, credential
from webex_token_client import (
    AppRole,
    CredentialReading,
    Jwt,
    TemporarilyUnavailable,
    TokenSource,
    VaultResponseError,
    WebexTokenError,
    errors,
)

Make = Callable[..., TokenSource]

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ3ZWJleCJ9.c2lnbmF0dXJl"
SECRETS = (SECRET_ID, VAULT_TOKEN, ACCESS_TOKEN, JWT)


def is_silent(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


def _with_locals(error: BaseException) -> str:
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def test_a_source_and_a_reading_show_no_secret(source: Make) -> None:
    tokens = source()
    reading = tokens.token()
    assert reading.access_token == ACCESS_TOKEN
    values = [tokens, reading, AppRole("r", secret_id=SECRET_ID), AppRole("r", wrapping_token=VAULT_TOKEN)]
    for value in [*values, Jwt("r", token=lambda: JWT), tokens.__dict__, tokens._reader.__dict__]:
        assert is_silent(f"{value} {value!r} {json.dumps(value, default=repr)}")
    assert is_silent(repr(tokens._login.__dict__) + repr(vars(tokens._under_way)))
    assert is_silent(
        " ".join(repr(getattr(reading, name)) for name in CredentialReading.__slots__ if hasattr(reading, name))
    )


def test_a_source_and_a_reading_cannot_be_pickled(source: Make) -> None:
    tokens = source()
    for value in (tokens, tokens.token()):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(value)
    assert copy.deepcopy(tokens.token()) is tokens.token()
    with pytest.raises(TypeError):
        copy.copy(tokens)


REPLIES: dict[str, Callable[[str], Reply]] = {
    "a refused login that quotes the secret id": lambda _asks: (500, {"errors": [f"cannot look {SECRET_ID} up"]}),
    "a refused read that quotes the Vault token": lambda asks: (
        (500, {"errors": [f"no such token {VAULT_TOKEN}"]}) if asks == READ else LOGIN
    ),
    "a reply without a type": lambda asks: (200, {"data": {"access_token": ACCESS_TOKEN}}) if asks == READ else LOGIN,
    "a login without a lease": lambda _asks: (200, {"auth": {"client_token": VAULT_TOKEN}}),
    "a date that is none": lambda asks: credential(expire_time=ACCESS_TOKEN) if asks == READ else LOGIN,
    "a sealed Vault": lambda _asks: (503, {"errors": ["Vault is sealed"]}),
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
def test_a_traceback_with_the_local_variables_shows_no_secret(
    vault: LoopbackVault, source: Make, reply: Callable[[str], Reply]
) -> None:
    vault.reply = reply
    tokens = source()
    with pytest.raises(WebexTokenError) as error:
        tokens.token()
    assert is_silent(_with_locals(error.value))


@pytest.mark.parametrize("raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"])
def test_a_traceback_of_a_broken_answer_shows_no_secret(vault: LoopbackVault, source: Make, raw: bytes) -> None:
    vault.raw = raw
    with pytest.raises(WebexTokenError, match="no answer from Vault") as error:
        source().token()
    assert is_silent(_with_locals(error.value))
    assert error.value.__cause__ is error.value.__context__ is None


def test_a_traceback_of_a_failing_function_shows_no_earlier_token(vault: LoopbackVault, source: Make) -> None:
    given = iter([JWT])
    vault.reply = lambda asks: LOGIN if "login" in asks else credential("another", expire_time="2020-01-01T00:00:00Z")
    tokens = source(identity=Jwt("r", token=lambda: next(given)))
    tokens.token()
    tokens._login.forget_threads()
    with pytest.raises(StopIteration) as error:
        tokens.token()
    assert is_silent(_with_locals(error.value))


def test_a_traceback_of_a_renewal_shows_no_secret(
    vault: LoopbackVault, source: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "secret-id"
    file.write_text(SECRET_ID)
    vault.reply = lambda asks: (
        (500, {"errors": [SECRET_ID, VAULT_TOKEN]}) if "lookup" in asks else LOGIN if "login" in asks else credential()
    )
    with caplog.at_level(logging.DEBUG):
        source(identity=AppRole("r", secret_id_file=file, renew_secret_id=True)).token()
    assert "cannot be renewed: Vault answered 500 ([hidden]; [hidden])" in caplog.text
    assert is_silent(caplog.text)


def _errors() -> list[WebexTokenError]:
    return [
        errors.NotAuthorizedYet("a"),
        errors.AuthorizationPending("a"),
        errors.ReauthorizationRequired("a", "said"),
        TemporarilyUnavailable("later", 7),
        errors.VaultSealed("http://127.0.0.1:1"),
        errors.NotPermitted("no", "a"),
        errors.IntegrationRefused("a", "said"),
        errors.WrappingTokenSpentError(),
        errors.WrappingTokenForgedError("sys/wrapping/wrap"),
        VaultResponseError("GET", "x", 500, ["internal error"], 3),
    ]


@pytest.mark.parametrize("error", _errors(), ids=lambda error: type(error).__name__)
def test_an_error_can_be_pickled_and_copied(error: WebexTokenError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), error.again()):
        assert type(twin) is type(error)
        assert (str(twin), twin.code, vars(twin)) == (str(error), error.code, vars(error))
        assert twin is not error


def test_a_thread_pool_reports_an_error_without_secrets(vault: LoopbackVault, source: Make) -> None:
    vault.reply = lambda _asks: (400, {"errors": [f"invalid secret id {SECRET_ID}"]})
    with ThreadPoolExecutor(1) as pool:
        error = pool.submit(source().token).exception()
    assert error is not None
    assert is_silent(_with_locals(error))
