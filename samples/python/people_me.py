"""The smallest app that uses the tokens. It prints the display name of the person who authorized."""

from __future__ import annotations

import argparse
import sys

import requests
from sample_command import WEBEX_API_URL, note, run_command

from webex_token_client import token_source_from_environment
from webex_token_client.requests import WebexAuth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--credential", default="testauth")
    credential = parser.parse_args().credential
    with (
        token_source_from_environment(credential, on_warning=lambda warning: note(f"warning: {warning}")) as tokens,
        requests.Session() as webex,
    ):
        webex.auth = WebexAuth(tokens, origins=[WEBEX_API_URL])
        response = webex.get(f"{WEBEX_API_URL}/people/me", timeout=30)
        response.raise_for_status()
        print(response.json()["displayName"])


if __name__ == "__main__":
    sys.exit(run_command(main))
