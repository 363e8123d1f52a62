"""The token of a job on GitHub Actions. See https://docs.github.com/actions/reference/security/oidc."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .._http.http_request import HttpAnswer, HttpRequest, Transport
from .._http.json_fields import fields_of, parse_json, text_of
from .._http.network_error import NetworkError
from .._http.proxy import is_loopback
from .._http.retry import retry_after_seconds
from .._http.transport import HttpTransport
from .._secret import Secret
from .._settings import Environment
from .._vault.vault_url import origin_of, split_url
from ..errors import ExplainedError, NotPermitted, TemporarilyUnavailable, WebexTokenError

_TIMEOUT_SECONDS = 30.0

_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500


def github_id_token(
    audience: str, env: Environment | None = None, transport: Transport | None = None
) -> Callable[[], str]:
    """Return the function ``token`` of ``Jwt`` for a job, which requests a token that names the workflow.

    ``audience`` is the declared audience of the app. Raises ExplainedError if the job may not request a token. The
    function raises NotPermitted, TemporarilyUnavailable or ExplainedError.
    """
    env = os.environ if env is None else env
    address, bearer = env.get("ACTIONS_ID_TOKEN_REQUEST_URL"), Secret(env.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN") or "")
    if not address or bearer.reveal() == "":
        raise ExplainedError(
            "this job may not request a token from GitHub (ACTIONS_ID_TOKEN_REQUEST_URL or "
            'ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set); give it "permissions: { id-token: write }" in its workflow'
        )
    url = split_url(address)
    if url is None or (url.scheme != "https" and not is_loopback(url.hostname or "")):
        raise ExplainedError(
            "ACTIONS_ID_TOKEN_REQUEST_URL must be an https URL, got something else; leave it as GitHub has set it"
        )
    query = [pair for pair in parse_qsl(url.query, keep_blank_values=True) if pair[0] != "audience"]
    asked = urlunsplit(url._replace(query=urlencode([*query, ("audience", audience)])))
    token = Secret(f"Bearer {bearer.reveal()}")
    request = HttpRequest("GET", asked, _TIMEOUT_SECONDS, {"accept": "application/json"}, ("authorization", token))
    return lambda: _ask(transport or HttpTransport(), request)


def _ask(transport: Transport, request: HttpRequest) -> str:
    try:
        answer = transport.send(request)
    except NetworkError as error:
        failure = _no_answer(origin_of(urlsplit(request.url)), error)
    else:
        if answer.status == _OK:
            return _value_in(answer)
        failure = _refusal(answer)
    raise failure


def _no_answer(origin: str, error: NetworkError) -> WebexTokenError:
    message = (
        f"no answer from GitHub at {origin} to the request for a token ({error.code}); "
        "check the network, HTTPS_PROXY and NO_PROXY"
    )
    return TemporarilyUnavailable(message) if error.is_transient else ExplainedError(message)


def _refusal(answer: HttpAnswer) -> WebexTokenError:
    if answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR:
        message = f"GitHub could not give this job a token ({answer.status}); try again later"
        return TemporarilyUnavailable(message, retry_after_seconds(answer.headers.get("retry-after"), time.time()))
    return NotPermitted(
        f"GitHub does not give this job a token ({answer.status}); check that the job has "
        '"permissions: { id-token: write }" and still runs'
    )


def _value_in(answer: HttpAnswer) -> str:
    try:
        return text_of(fields_of(parse_json(answer.body.decode("utf-8", "replace"))).get("value"))
    except TypeError:
        raise ExplainedError(
            "the server of ACTIONS_ID_TOKEN_REQUEST_URL answered with something that is not a GitHub reply; "
            "leave the variable as GitHub has set it"
        ) from None
