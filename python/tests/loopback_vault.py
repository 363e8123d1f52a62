"""A server on loopback that answers as Vault would."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

SECRET_ID = "6c2f1d3e-5a0b-4f7c-9d8e-0123456789ab"
VAULT_TOKEN = "hvs.the-vault-token-of-the-test"
ACCESS_TOKEN = "the-access-token-of-the-test"

Reply = tuple[int, dict[str, Any]]


def credential(token: str = ACCESS_TOKEN, **data: object) -> Reply:
    return 200, {"data": {"access_token": token, "type": "Bearer", "server": "webex-myapp", **data}}


LOGIN: Reply = (200, {"auth": {"client_token": VAULT_TOKEN, "lease_duration": 0, "renewable": False}})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, _request: object, _address: object) -> None:
        """Take a client that hangs up for no error."""


class LoopbackVault:
    """Records the requests. ``reply`` may be replaced, and may wait."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.reply: Callable[[str], Reply] = _usual
        self.raw: bytes | None = None
        vault = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                asks = f"{self.command} {self.path.removeprefix('/v1/')}"
                vault.asked.append(asks)
                vault.headers.append({name.lower(): value for name, value in self.headers.items()})
                if vault.raw is not None:
                    self.wfile.write(vault.raw)
                    return
                status, body = vault.reply(asks)
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_PUT = answer  # noqa: N815 - names of http.server

            def log_message(self, *_args: object) -> None:
                pass

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
            self.address = f"https://localhost:{self.server.server_port}"

    def count(self, asks: str) -> int:
        return self.asked.count(asks)

    def __enter__(self) -> LoopbackVault:
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


def _usual(asks: str) -> Reply:
    if asks.endswith("login"):
        return LOGIN
    return credential() if "creds" in asks else (200, {})
