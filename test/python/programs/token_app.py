"""Asks people/me by the standard library alone, once for each line on standard input.

Prints the statuses and the access token, or the class of the error. With the argument "workers", each answer comes
from a process that is forked after the first token, as in gunicorn.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

from webex_token_client import TokenSource, WebexTokenError, token_source_from_environment

ME = f"{os.environ['WEBEX_API_URL']}/people/me"


def status_of(token: str) -> int:
    request = urllib.request.Request(ME, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - the environment names it
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def answer(tokens: TokenSource) -> str:
    try:
        reading = tokens.token()
        statuses = [status_of(reading.access_token)]
        if statuses == [401]:
            tokens.reject(reading)
            reading = tokens.token()
            statuses.append(status_of(reading.access_token))
    except WebexTokenError as error:
        return f"{type(error).__name__} {error}"
    return f"{statuses} {reading.access_token}"


def in_worker(tokens: TokenSource) -> None:
    child = os.fork()
    if child == 0:
        tokens.forget()
        with tokens:
            text = answer(tokens)
        print(text, flush=True)
        os._exit(0)
    os.waitpid(child, 0)


with token_source_from_environment("testauth") as source:
    if "workers" in sys.argv:
        source.token()
    for _ in sys.stdin:
        if "workers" in sys.argv:
            in_worker(source)
        else:
            print(answer(source), flush=True)
