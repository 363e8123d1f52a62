"""The cases of client/conformance, which the tests of the package for Node run as well."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import Future
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

import webex_token_client
from scripted_vault import Asked, ScriptedVault
from virtual_clock import VirtualClock
from webex_token_client import (
    CredentialReading,
    RetryOptions,
    TokenSource,
    WebexTokenError,
    token_source_from_environment,
)

CASES = Path(__file__).resolve().parents[2] / "client" / "conformance"

START = 1_767_225_600.0
"""The first of January 2026."""

SECRETS = ["the-secret-id", "the-vault-token", "hush-hush", "the-wrapping-token", "the-bearer-of-the-job"]

REVOCATION = "PUT auth/token/revoke-self"

APP_ROLE = {"VAULT_ADDR": "http://127.0.0.1:8200", "VAULT_ROLE_ID": "the-role-id", "VAULT_SECRET_ID": "the-secret-id"}

NOT_OF_A_SOURCE = {"WebexTokenError", "VaultResponseError"}
"""The base class, and an error that a source always explains."""


def _load() -> list[Any]:
    themes = [json.loads(file.read_text("utf-8")) for file in sorted(CASES.glob("*.json"))]
    return [pytest.param(case, id=f"{theme['theme']}: {case['title']}") for theme in themes for case in theme["cases"]]


ALL = _load()


class Run:
    """One case under way."""

    def __init__(self, case: dict[str, Any], folder: Path) -> None:
        self.case = dict(case)
        self.folder = folder
        self.clock = VirtualClock(START)
        self.warnings: list[str] = []
        self.kept: dict[str, CredentialReading] = {}
        self.last: CredentialReading | None = None
        self.begun: dict[str, Future[CredentialReading]] = {}
        for name, content in self.case.pop("files", {}).items():
            self._write(name, content)
        environment = self.case.pop("environment", APP_ROLE)
        self.environment = {name: value.replace("{files}", str(folder)) for name, value in environment.items()}
        address = (self.environment.get("BAO_ADDR") or self.environment.get("VAULT_ADDR") or "").rstrip("/")
        self.vault = ScriptedVault(self.clock, address, self.case.pop("answers", {}))

    def source(self) -> TokenSource:
        return token_source_from_environment(
            "testauth",
            env=self.environment,
            on_warning=self.warnings.append,
            retry=RetryOptions(random=lambda: 0.5),
            clock=self.clock,
            transport=self.vault,
        )

    def take(self, source: TokenSource, step: dict[str, Any]) -> None:  # noqa: C901 - one branch for each kind of step
        step = dict(step)
        began = self.clock.now()
        takes = step.pop("takesSeconds", 0)
        if "begin" in step:
            self.begun[step.pop("begin")] = self.clock.start(source.token)
        elif "end" in step:
            self._expect([self.begun[step.pop("end")]], step)
        elif "token" in step or "error" in step:
            calls = [self.clock.start(source.token) for _ in range(step.pop("callers", 1))]
            self._expect(calls, step)
        elif "advanceSeconds" in step:
            takes = step.pop("advanceSeconds")
            self.clock.advance(takes)
        elif "setClockSeconds" in step:
            takes = step.pop("setClockSeconds")
            self.clock.set(takes)
        elif "reject" in step:
            name = step.pop("reject")
            reading = self.last if name is True else self.kept[name]
            assert reading is not None
            source.reject(reading)
        elif step.pop("forget", False):
            source.forget()
        elif step.pop("close", False):
            self.clock.wait(self.clock.start(source.close), None)
        elif "write" in step:
            self._write(step.pop("write"), step.pop("text"))
        elif "file" in step:
            assert (self.folder / step.pop("file")).read_text() == step.pop("holds")
        elif "warnings" in step:
            self._expect_warnings(step.pop("warnings"))
        assert not step, f"the runner does not understand {step}"
        assert round(self.clock.now() - began, 3) == takes

    def expect_requests(self, expected: list[Any]) -> None:
        # A revocation in the background stands behind the other requests of its moment.
        moments = [list(group) for _, group in groupby(self.vault.asked, lambda each: each.at)]
        requests = [each for moment in moments for each in sorted(moment, key=lambda each: each.asks == REVOCATION)]
        asked = [f"{each.at:g} {each.asks}" for each in requests]
        assert asked == [each if isinstance(each, str) else f"{each['at']:g} {each['asks']}" for each in expected]
        for request, each in zip(requests, expected, strict=True):
            if not isinstance(each, str):
                _expect_request(request, dict(each))

    def _expect(self, calls: list[Future[CredentialReading]], step: dict[str, Any]) -> None:
        for call in calls:
            self.clock.wait(call, None)
        if "token" in step:
            assert {call.result().access_token for call in calls} == {step.pop("token")}
            self.last = calls[0].result()
            if "keep" in step:
                self.kept[step.pop("keep")] = self.last
            return
        for call in calls:
            expect_error(call.exception(), dict(step))
        step.clear()

    def _expect_warnings(self, expected: list[str]) -> None:
        assert len(self.warnings) == len(expected), self.warnings
        for warning, pattern in zip(self.warnings, expected, strict=True):
            assert pattern.strip("*") in warning if pattern.startswith("*") else warning == pattern
            assert not any(secret in warning for secret in SECRETS)

    def _write(self, name: str, content: str | dict[str, Any]) -> None:
        if isinstance(content, str):
            (self.folder / name).write_text(content)
        elif "certificateOf" in content:
            _certify(self.folder / name, self.folder / content["certificateOf"])
        else:
            assert content == {"key": True}


def expect_error(error: BaseException | None, expected: dict[str, Any]) -> None:
    kind = expected.pop("error")
    assert type(error).__name__ == {"Error": "RuntimeError"}.get(kind, kind), error
    message = str(error)
    assert getattr(error, "code", None) == expected.pop("code", getattr(error, "code", None))
    assert message == expected.pop("message", message)
    assert all(part in message for part in expected.pop("says", [])), message
    assert not any(secret in message for secret in SECRETS)
    assert not expected, f"the runner does not understand {expected}"


def _expect_request(request: Asked, expected: dict[str, Any]) -> None:
    expected.pop("at")
    expected.pop("asks")
    assert request.body == expected.pop("body", request.body)
    for name, value in expected.pop("headers", {}).items():
        assert request.headers.get(name) == value, name
    assert not expected, f"the runner does not understand {expected}"


def _certify(certificate: Path, key: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run(
        [*command, "-days", "3650", "-subj", "/CN=app", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("case", ALL)
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    run = Run(case, tmp_path)
    run.case.pop("title")
    if "refused" in run.case:
        with pytest.raises(WebexTokenError) as refused:
            run.source()
        expect_error(refused.value, dict(run.case.pop("refused")))
    else:
        source = run.source()
        for step in run.case.pop("steps"):
            run.take(source, step)
        run.expect_requests(run.case.pop("requests"))
    assert not run.case, f"the runner does not understand {run.case}"


def test_the_cases_have_every_error_that_a_source_raises() -> None:
    errors = {name for name in webex_token_client.__all__ if _is_error(getattr(webex_token_client, name))}
    text = "".join(file.read_text("utf-8") for file in CASES.glob("*.json"))
    assert {name for name in errors if f'"error": "{name}"' not in text} == NOT_OF_A_SOURCE
    assert len(ALL) >= 40


def test_the_cases_have_every_identity() -> None:
    text = (CASES / "identities.json").read_text("utf-8")
    variables = ["SECRET_ID", "SECRET_ID_FILE", "WRAPPED_SECRET_ID", "RENEW_SECRET_ID", "JWT_FILE", "CLIENT_CERT"]
    names = [
        *(f'VAULT_{name}"' for name in variables),
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        '"BAO_JWT"',
        '"kubernetes"',
        '"cert"',
    ]
    assert [name for name in names if name not in text] == []


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Exception)
