"""A transport that answers as Vault would, by the script of a case. The format is in client/conformance/README.md."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from virtual_clock import VirtualClock
from webex_token_client._http.http_request import HttpAnswer, HttpRequest
from webex_token_client._http.network_error import NetworkError

DEFAULT_ANSWERS: Mapping[str, list[dict[str, Any]]] = {
    "PUT auth/approle/login": [{"login": "the-vault-token"}],
    "PUT auth/jwt/login": [{"login": "the-vault-token"}],
    "PUT auth/kubernetes/login": [{"login": "the-vault-token"}],
    "PUT auth/cert/login": [{"login": "the-vault-token"}],
    "PUT auth/token/revoke-self": [{"status": 204}],
}


@dataclass(frozen=True)
class Asked:
    """A request, with the seconds since the beginning."""

    at: float
    asks: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class ScriptedVault:
    """Answers each request by its own list, whose last answer repeats."""

    clock: VirtualClock
    address: str
    answers: dict[str, list[dict[str, Any]]]
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._start = self.clock.now()
        self._left = {asks: list(answers) for asks, answers in {**DEFAULT_ANSWERS, **self.answers}.items()}

    def send(self, request: HttpRequest) -> HttpAnswer:
        root = f"{self.address}/v1/"
        target = request.url.removeprefix(root) if request.url.startswith(root) else request.url
        asks = f"{request.method} {target}"
        headers = {**request.headers, "host": urlsplit(request.url).netloc}
        if request.token is not None:
            headers[request.token[0]] = request.token[1].reveal()
        body = None if request.body is None else json.loads(request.body.reveal())
        self.asked.append(Asked(round(self.clock.now() - self._start, 3), asks, headers, body))
        answers = self._left.get(asks, [{"status": 404, "errors": []}])
        answer = dict(answers.pop(0) if len(answers) > 1 else answers[0])
        delay = answer.pop("delaySeconds", 0)
        self.clock.sleep(min(delay, request.timeout_seconds), threading.Event())
        if delay >= request.timeout_seconds:
            raise NetworkError("ETIMEDOUT")
        return self._answer(answer)

    def with_certificate(self, cert_file: str, key_file: str) -> ScriptedVault:
        assert cert_file != key_file
        return self

    def close(self) -> None:
        pass

    def forget_threads(self) -> None:
        pass

    def _answer(self, answer: dict[str, Any]) -> HttpAnswer:
        if answer.pop("lost", False):
            assert not answer, answer
            raise NetworkError("ECONNRESET")
        status, headers = answer.pop("status", 200), answer.pop("headers", {})
        text = answer.pop("text", None)
        if text is None and not (status == 204 and not answer):
            text = json.dumps(self._body(answer))
            answer = {}
        assert not answer, f"the runner does not understand {answer}"
        return HttpAnswer(status, {name.lower(): value for name, value in headers.items()}, (text or "").encode())

    def _body(self, answer: dict[str, Any]) -> dict[str, Any]:
        if "login" in answer:
            auth = {"client_token": answer.pop("login"), "lease_duration": answer.pop("leaseSeconds", 0)}
            auth["renewable"] = answer.pop("renewable", True)
            auth["metadata"] = {"role_name": answer.pop("roleName", "people-me")}
            assert not answer, f"the runner does not understand {answer}"
            return {"auth": auth}
        if "token" in answer:
            data = {"access_token": answer.pop("token"), "type": "Bearer", "server": "webex-myapp"}
            if "expiresInSeconds" in answer:
                expires = datetime.fromtimestamp(self.clock.now() + answer.pop("expiresInSeconds"), timezone.utc)
                data["expire_time"] = expires.isoformat().replace("+00:00", "Z")
            reply = {"data": data, "warnings": answer.pop("warnings", [])}
            assert not answer, f"the runner does not understand {answer}"
            return reply
        if "errors" in answer:
            reply = {"errors": answer.pop("errors")}
        elif "data" in answer:
            reply = {"data": answer.pop("data")}
            for name in ("creation_time", "expiration_time"):
                if isinstance(reply["data"].get(name), (int, float)):
                    moment = datetime.fromtimestamp(self._start + reply["data"][name], timezone.utc)
                    reply["data"][name] = moment.isoformat().replace("+00:00", "Z")
        else:
            reply = dict(answer.pop("body"))
        assert not answer, f"the runner does not understand {answer}"
        return reply
