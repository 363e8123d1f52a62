"""The transport on real connections: failures, limits, TLS, and a proxy."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loopback_vault import LoopbackVault
from webex_token_client import ExplainedError
from webex_token_client._http.http_request import HttpRequest
from webex_token_client._http.network_error import NetworkError
from webex_token_client._http.proxy import is_loopback, proxy_for
from webex_token_client._http.transport import HttpTransport
from webex_token_client._vault.vault_url import split_url

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def get(address: str, timeout: float = 60) -> HttpRequest:
    return HttpRequest("GET", f"{address}/v1/secret/x", timeout)


def code_of(transport: HttpTransport, request: HttpRequest) -> str:
    with pytest.raises(NetworkError) as error:
        transport.send(request)
    return error.value.code


class RawServer:
    """Sends these bytes to each client, piece by piece."""

    def __init__(self, *pieces: bytes, pause: float = 0.0) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.received = b""
        self._pieces, self._pause = pieces, pause
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with self._socket:
            client, _ = self._socket.accept()
        with client:
            self.received = client.recv(65536)
            try:
                for piece in self._pieces:
                    client.sendall(piece)
                    if self._pause:
                        time.sleep(self._pause)
                    elif piece is not self._pieces[-1]:
                        self.received += client.recv(65536)
                client.shutdown(socket.SHUT_WR)
                # A close before the client's would discard what it has not read.
                client.recv(65536)
            except OSError:
                pass
        self.ended.set()


def test_an_answer_is_read_whole(vault: LoopbackVault) -> None:
    answer = HttpTransport().send(get(vault.address))
    assert (answer.status, answer.body) == (200, b"{}")
    assert vault.headers[0]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (b"", "ECONNRESET"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", "ECONNRESET"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{", "ECONNRESET"),
        (b"nonsense\r\n\r\n", "BadStatusLine"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n" + b"x" * (17 * 1024 * 1024), "EMSGSIZE"),
    ],
)
def test_a_broken_answer_is_a_network_error(reply: bytes, code: str) -> None:
    assert code_of(HttpTransport(), get(RawServer(reply).address)) == code


def test_a_server_that_sends_its_head_slowly_is_given_the_time_limit() -> None:
    server = RawServer(*[b"x-slow: 1\r\n"] * 1000, pause=0.01)
    server._pieces = (b"HTTP/1.1 200 OK\r\n", *server._pieces)
    assert code_of(HttpTransport(), get(server.address, 0.2)) == "ETIMEDOUT"


def test_a_closed_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = NetworkError(code_of(HttpTransport(), get(f"http://127.0.0.1:{port}")))
    assert (error.code, error.is_transient, error.may_have_arrived) == ("ECONNREFUSED", True, False)


def test_an_unknown_host_is_no_passing_failure() -> None:
    error = NetworkError(code_of(HttpTransport(), get("http://vault.invalid")))
    assert error.code in ("ENOTFOUND", "EAI_AGAIN")


def test_close_ends_a_request_under_way() -> None:
    transport = HttpTransport()
    with socket.create_server(("127.0.0.1", 0)) as server:
        codes: list[str] = []
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        reader = threading.Thread(target=lambda: codes.append(code_of(transport, get(address))))
        reader.start()
        client, _ = server.accept()
        client.recv(1024)
        transport.close()
        reader.join()
        client.close()
    assert codes == ["ECONNRESET"]


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and PATH has none")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "server.pem", folder / "server.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def tls_vault(tls_files: tuple[Path, Path]) -> Iterator[LoopbackVault]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls_files)
    with LoopbackVault(context) as server:
        yield server


def test_a_trusted_certificate_is_accepted(tls_vault: LoopbackVault, tls_files: tuple[Path, Path]) -> None:
    assert HttpTransport(tls_files[0].read_text()).send(get(tls_vault.address)).status == 200


def test_another_certificate_is_refused_before_the_request(
    tls_vault: LoopbackVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssl, "_create_default_https_context", ssl._create_unverified_context)
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    error = NetworkError(code_of(HttpTransport(), get(tls_vault.address)))
    assert (error.code, error.is_transient) == ("DEPTH_ZERO_SELF_SIGNED_CERT", False)
    assert tls_vault.asked == []


def test_a_certificate_for_another_name_is_refused(tls_vault: LoopbackVault, tls_files: tuple[Path, Path]) -> None:
    address = tls_vault.address.replace("localhost", "127.0.0.1")
    assert code_of(HttpTransport(tls_files[0].read_text()), get(address)) == "ERR_TLS_CERT_ALTNAME_INVALID"


def test_plain_http_behind_https_is_no_tls(vault: LoopbackVault) -> None:
    assert code_of(HttpTransport(), get(vault.address.replace("http:", "https:"))) == "EPROTO"


Proxied = Callable[[str], "str | None"]


def proxy_of(address: str) -> str | None:
    url = split_url(address)
    assert url is not None
    proxy = proxy_for(url)
    return None if proxy is None else proxy.netloc


@pytest.mark.parametrize(
    ("variables", "address", "proxy"),
    [
        ({}, "https://vault.example", None),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, "https://vault.example", "proxy.example:3128"),
        ({"https_proxy": "proxy.example:3128"}, "https://vault.example", "proxy.example:3128"),
        ({"HTTP_PROXY": "http://proxy.example:3128"}, "https://vault.example", None),
        ({"HTTP_PROXY": "http://proxy.example:3128"}, "http://vault.example", "proxy.example:3128"),
        ({"ALL_PROXY": "http://proxy.example:3128"}, "https://vault.example", "proxy.example:3128"),
        ({"HTTPS_PROXY": "http://p.example:1", "ALL_PROXY": "http://q.example:1"}, "https://v.example", "p.example:1"),
        ({"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "*"}, "https://v.example", None),
        ({"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "other.example, v.example"}, "https://v.example", None),
        ({"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": ".example"}, "https://v.example", None),
        ({"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "*.example"}, "https://v.example", None),
        ({"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "v.example:8200"}, "https://v.example:8200", None),
        ({"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "v.example:8201"}, "https://v.example:8200", "p.example:1"),
        ({"HTTPS_PROXY": "http://p.example:1"}, "https://localhost:8200", None),
        ({"HTTPS_PROXY": "http://p.example:1"}, "https://127.0.0.2:8200", None),
        ({"HTTPS_PROXY": "http://p.example:1"}, "https://[::1]:8200", None),
    ],
)
def test_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], address: str, proxy: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_of(address) == proxy


@pytest.mark.parametrize("value", ["socks5://proxy.example:1080", "https://proxy.example", "http://[proxy", "http://"])
def test_an_unusable_proxy_is_refused_without_quoting_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value.replace("//", "//user:hush@"))
    with pytest.raises(ExplainedError, match="https_proxy must be the http URL of a proxy") as error:
        proxy_of("https://vault.example")
    assert "hush" not in str(error.value)


def test_a_request_through_a_proxy_is_a_tunnel_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = b"HTTP/1.1 200 Connection established\r\n\r\n"
    reply = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    server = RawServer(answer, reply)
    monkeypatch.setenv("HTTP_PROXY", server.address.replace("//", "//user:p%40ss@"))
    assert HttpTransport().send(get("http://vault.example:8200")).body == b"{}"
    assert server.received.startswith(b"CONNECT vault.example:8200 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz\r\n" in server.received
    assert server.received.endswith(b"\r\n\r\n")
    assert b"GET /v1/secret/x HTTP/1.1\r\nhost: vault.example:8200\r\n" in server.received


@pytest.mark.parametrize(("status", "is_transient"), [(407, False), (503, True)])
def test_a_refusal_of_the_proxy_is_named(monkeypatch: pytest.MonkeyPatch, status: int, is_transient: bool) -> None:  # noqa: FBT001
    server = RawServer(f"HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n".encode())
    monkeypatch.setenv("HTTP_PROXY", server.address)
    error = NetworkError(code_of(HttpTransport(), get("http://vault.example:8200")))
    assert (error.code, error.is_transient) == (f"the proxy answered {status}", is_transient)
    assert not error.may_have_arrived


def test_a_proxy_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.getsockname()[1]}")
    assert code_of(HttpTransport(), get("http://vault.example")) == "ECONNREFUSED of the proxy"


def test_names_that_look_like_loopback_are_not() -> None:
    assert [host for host in ("localhost", "127.0.0.1", "127.1.2.3", "::1") if not is_loopback(host)] == []
    assert [host for host in ("127.0.0.1.example", "localhost.example", "::2", "0.0.0.0") if is_loopback(host)] == []
