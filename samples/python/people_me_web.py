"""A page in Flask that shows the account that authorized the credential. It reads the token for each request.

The consent itself is a task of ``webex-token-vault authorize``. In production: ``gunicorn people_me_web:app``.
"""

from __future__ import annotations

import argparse
import atexit
import os

import requests
from flask import Flask, Response, render_template_string
from sample_command import WEBEX_API_URL, note

from webex_token_client import ExplainedError, RetryOptions, token_source_from_environment
from webex_token_client.requests import WebexAuth

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} · people-me-web</title>
<style>:root { color-scheme: light dark } body { font: 1rem/1.5 system-ui; max-width: 34rem; margin: 3rem auto }</style>
<h1>{{ title }}</h1>
{% for line in lines %}<p>{{ line }}</p>
{% endfor %}</html>
"""

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""The page may have its own style, but no script, form or frame."""


def create_app(credential: str) -> Flask:
    app = Flask(__name__)
    # Another host name can be a foreign page that resolves to loopback.
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    # A person waits, and can reload the page.
    tokens = token_source_from_environment(
        credential, retry=RetryOptions(attempts=2), on_warning=lambda warning: note(f"warning: {warning}")
    )
    atexit.register(tokens.close)
    webex = WebexAuth(tokens, origins=[WEBEX_API_URL])

    @app.get("/")
    def show() -> tuple[str, int]:
        try:
            response = requests.get(f"{WEBEX_API_URL}/people/me", auth=webex, timeout=30)
            response.raise_for_status()
            person = response.json()
            expire_time = tokens.token().expire_time
        except (ExplainedError, requests.RequestException) as error:
            note(f"error: {error}")
            problem = str(error) if isinstance(error, ExplainedError) else "Webex did not answer as expected."
            return render_template_string(PAGE, title="The account cannot be shown", lines=[problem]), 503
        until = "does not expire" if expire_time is None else f"is valid until {expire_time:%Y-%m-%d %H:%M} UTC"
        lines = [", ".join(person["emails"]), f"The access token {until}."]
        return render_template_string(PAGE, title=person["displayName"], lines=lines), 200

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--credential", default="testauth")
    parser.add_argument("--port", type=int, default=5000)
    arguments = parser.parse_args()
    create_app(arguments.credential).run(port=arguments.port)
else:
    app = create_app(os.environ.get("WEBEX_CREDENTIAL", "testauth"))
