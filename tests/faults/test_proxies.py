"""The blocks of docs/operations.md for nginx and Caddy, run as they stand there, but for ports and certificate."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.faults.conftest import SOON, Site, report
from tests.processes import PROJECT, free_port, stop, wait_until
from tests.senders import PASSWORD, SAM

pytestmark = pytest.mark.processes

NAME = "crm.example.org"
HALF_OPEN = 60  # more than our threads, fewer than nginx lets one address have
PROXY, VISITOR, OTHER = "127.0.0.1", "127.0.0.2", "127.0.0.3"


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", (PROJECT / "docs/operations.md").read_text(), re.S)
    return str(found)


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ip_address(PROXY))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (folder / "tls.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    (folder / "tls.key").write_bytes(private)


def nginx(folder: Path, upstream: int, http: int, https: int) -> list[str]:
    site = block("nginx").replace("server 127.0.0.1:8000", f"server 127.0.0.1:{upstream}")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{http};").replace("listen 443 ", f"listen 127.0.0.1:{https} ")
    site = re.sub(r"/etc/ssl/private/\S+\.(pem|key);", rf"{folder}/tls.\1;", site)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/proxy.log; worker_processes 1;"
        f"{'user root;' if Path('/root').owner() == 'root' else ''}"
        f"events {{ worker_connections 1000; }} http {{ access_log off; {places}\n{site}\n}}"
    )
    return ["nginx", "-p", str(folder), "-e", f"{folder}/proxy.log", "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, upstream: int, http: int, https: int) -> list[str]:
    site = block("caddy").replace("reverse_proxy 127.0.0.1:8000", f"reverse_proxy 127.0.0.1:{upstream}")
    site = site.replace("{\n\tservers {", f"{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n\tservers {{", 1)
    site = site.replace(f"{NAME} {{", f"{NAME} {{\n\tbind 127.0.0.1\n\ttls {folder}/tls.pem {folder}/tls.key", 1)
    (folder / "Caddyfile").write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


class Proxy:
    def __init__(self, name: str, http: int, https: int, folder: Path) -> None:
        self.name, self.http, self.https = name, http, https
        self.tls = ssl.create_default_context(cafile=str(folder / "tls.pem"))

    def socket(self, source: str = PROXY) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=30, source_address=(source, 0))
        return self.tls.wrap_socket(plain, server_hostname=NAME)

    def request(
        self,
        method: str,
        path: str,
        body: str | None = None,
        *,
        source: str = PROXY,
        timeout: float = 30,
        **headers: str,
    ) -> tuple[int, str, list[str]]:
        connection = HTTPSConnection("127.0.0.1", self.https, timeout=timeout)
        connection.sock = self.socket(source)
        connection.sock.settimeout(timeout)
        headers = {"Host": NAME, "Referer": f"https://{NAME}/", **{k.replace("_", "-"): v for k, v in headers.items()}}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode(), answer.headers.get_all("Set-Cookie") or []
        connection.close()
        return found

    def answers(self) -> bool:
        try:
            return self.request("GET", "/healthz")[0] == 200
        except (OSError, ssl.SSLError):
            return False


@pytest.fixture(params=[nginx, caddy], ids=lambda run: run.__name__)
def proxy(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Iterator[Proxy]:
    run: Callable[[Path, int, int, int], list[str]] = request.param
    if not shutil.which(run.__name__):
        pytest.skip(f"{run.__name__} is not installed: apt install {run.__name__}")
    site.stack.kill("web")
    site.stack.env |= {
        "ALLOWED_HOSTS": f"{NAME},localhost,127.0.0.1", "BEHIND_TLS": "1", "TRUSTED_PROXIES": PROXY,
        "SITE_URL": f"https://{NAME}",
    }  # fmt: skip
    site.stack.start("web")
    make_certificate(tmp_path)
    http, https = free_port(), free_port()
    with (tmp_path / "output.log").open("wb") as output:
        process = subprocess.Popen(
            run(tmp_path, site.stack.port, http, https), cwd=tmp_path, stdout=output, stderr=output,
            env={"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        )  # fmt: skip
        found = Proxy(run.__name__, http, https, tmp_path)
        try:
            wait_until(found.answers, what=f"{run.__name__}, see {tmp_path}")
            yield found
        finally:
            stop(process)


@contextmanager
def held(proxy: Proxy, sent: bytes) -> Iterator[None]:
    """Visitors who have sent this and nothing more."""
    with ExitStack() as connections:
        for _ in range(HALF_OPEN):
            connections.enter_context(proxy.socket(VISITOR)).sendall(sent)
        yield


def test_the_proxys_block_holds_what_the_docs_say(proxy: Proxy) -> None:
    plain = HTTPConnection("127.0.0.1", proxy.http, timeout=10)
    plain.request("GET", "/customers/", headers={"Host": NAME})
    answer = plain.getresponse()
    assert answer.status in (301, 308)
    assert answer.headers["Location"] == f"https://{NAME}/customers/"

    status, _page, cookies = proxy.request("GET", "/accounts/login/", timeout=SOON)
    assert status == 200
    assert all("Secure" in cookie for cookie in cookies)

    head = f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-More: ".encode()
    body = f"POST /accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 900000\r\n\r\na".encode()
    for sent in (head, body):
        with held(proxy, sent):
            assert proxy.request("GET", "/accounts/login/", source=OTHER, timeout=SOON)[0] == 200

    large = HTTPSConnection("127.0.0.1", proxy.https, timeout=30)
    large.sock = proxy.socket()
    large.putrequest("POST", "/accounts/login/", skip_host=True)
    large.putheader("Host", NAME)
    large.putheader("Content-Length", str(600_000_000))
    large.endheaders(b"a" * 1000 if proxy.name == "nginx" else None)
    if proxy.name == "nginx":  # Caddy reads as much as it lets through before it refuses
        assert large.getresponse().status == 413
    large.close()

    token = {cookie.partition("=")[2].partition(";")[0] for cookie in cookies if cookie.startswith("csrftoken=")}.pop()

    def sign_in(password: str, source: str, number: int = 0) -> int:
        form = urlencode({"login": SAM, "password": password, "csrfmiddlewaretoken": token})
        kind, claimed = "application/x-www-form-urlencoded", f"198.51.100.{number}"
        return proxy.request(
            "POST", "/accounts/login/", form, source=source, timeout=30, Cookie=f"csrftoken={token}",
            Content_Type=kind, X_Forwarded_For=claimed,
        )[0]  # fmt: skip

    for number in range(12):
        sign_in("wrong", VISITOR, number)
    assert sign_in(PASSWORD, VISITOR, 99) != 302, "whatever is claimed in X-Forwarded-For"
    assert sign_in(PASSWORD, OTHER) == 302
    report(f"{proxy.name}: {2 * HALF_OPEN} visitors who never end a request hold up nobody")
