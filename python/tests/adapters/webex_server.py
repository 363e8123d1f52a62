"""A server on loopback that accepts one token, and a source whose tokens the test names."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast

from webex_token_client.credential_reading import CredentialReading

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from webex_token_client import TokenSource

PERSON = {"id": "id", "displayName": "Ada Admin", "emails": ["ada.admin@example.com"]}


@dataclass
class Received:
    """A request as the server got it."""

    method: str
    path: str
    authorization: str | None
    body: bytes


@dataclass
class Answer:
    """The answer of a server."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class WebexServer:
    """Answers each request by a function, and keeps it."""

    def __init__(self, answer: Callable[[Received], Answer]) -> None:
        self.received: list[Received] = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                if self.headers.get("transfer-encoding") == "chunked":
                    body = b""
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                request = Received(self.command, self.path, self.headers.get("authorization"), body)
                received.append(request)
                reply = answer(request)
                self.send_response(reply.status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = do_PUT = handle_any  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def api(self) -> str:
        return f"{self.url}/v1"

    def __enter__(self) -> WebexServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def accepting(token: str) -> Callable[[Received], Answer]:
    """Answer with a person to this token, and with 401 to another."""

    def answer(request: Received) -> Answer:
        if request.authorization != f"Bearer {token}":
            return Answer(401, json.dumps({"message": "no", "errors": [], "trackingId": "t"}).encode())
        return Answer(200, json.dumps(PERSON).encode())

    return answer


class NamedTokens:
    """A source that gives the first token until it is rejected, and then the next one."""

    def __init__(self, *tokens: str) -> None:
        self._left = [
            CredentialReading({"data": {"access_token": token, "type": "Bearer", "server": "webex-myapp"}})
            for token in tokens
        ]
        self.rejected: list[str] = []

    def token(self) -> CredentialReading:
        return self._left[0]

    async def atoken(self) -> CredentialReading:
        return self.token()

    def reject(self, reading: CredentialReading) -> None:
        self.rejected.append(reading.access_token)
        if len(self._left) > 1 and reading is self._left[0]:
            self._left.pop(0)

    @property
    def source(self) -> TokenSource:
        """The same object, as the adapters take it."""
        return cast("TokenSource", self)
