"""TLS with a CA of one's own, and proxies, from the client to a server: nothing between them is replaced."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from dartmath.engines.openai.client import Client

NAME = "server.test"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")

# A process of its own: which authorities are trusted is read when TLS is loaded.
CLIENT = """
import asyncio, sys
from dartmath.base.errors import DartmathError
from dartmath.engines import Generation, OpenAIEngine, Request, create_engine
from dartmath.model import ModelSection
from dartmath.prompts.template import Prompt, load_template

async def main(url):
    section = OpenAIEngine(base_urls=[url], endpoint="chat", patience=2)
    prompt = Prompt("What is 3?", ({"role": "user", "content": "What is 3?"},))
    async with create_engine(section, ModelSection(name="m"), load_template("qa")) as engine:
        found = await engine.generate(Request("q/0", prompt, Generation(max_tokens=8), 1))
    print(found.text or found.error)

try:
    asyncio.run(main(sys.argv[1]))
except DartmathError as error:
    print("refused:", error)
"""


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority (ca.pem) and a server's certificate and key of it (server.pem)."""
    folder = tmp_path_factory.mktemp("tls")
    (folder / "extensions").write_text(f"subjectAltName=DNS:{NAME}\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(
        folder,
        "req",
        "-x509",
        *key,
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=own CA",
        "-days",
        "2",
    )
    openssl(folder, "req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", f"/CN={NAME}")
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions")
    openssl(folder, "x509", "-req", "-in", "server.csr", *signed, "-out", "server.pem")
    return folder


class Proxy:
    """An HTTP proxy for one name: CONNECT for TLS, whole addresses for the rest; notes what it is asked."""

    def __init__(self, port: int) -> None:
        self.target, self.heads = port, list[str]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode("latin-1"))
        method, address = head.split(b" ", 2)[:2]
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        if method == b"CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            back.write(head.replace(address, b"/" + address.split(b"/", 3)[3], 1))
        await asyncio.gather(pump(reader, back), pump(there, writer), return_exceptions=True)


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(1 << 16):
        target.write(data)
        await target.drain()
    target.close()


async def models(_: web.Request) -> web.Response:
    return web.json_response({"data": [{"id": "m"}]})


async def complete(request: web.Request) -> web.Response:
    asked = await request.json()
    message = {"content": f"seed {asked['seed']} of {request.headers['Host']}"}
    usage = {"prompt_tokens": 1, "completion_tokens": 4}
    choices = [{"message": message, "finish_reason": "stop"}]
    return web.json_response({"model": "m", "choices": choices, "usage": usage})


@contextmanager
def running(certificates: Path | None) -> Iterator[tuple[int, Proxy, int]]:
    """(port of a server, a proxy in front of it, its port); behind TLS where there are certificates."""
    loop, ready, ports = asyncio.new_event_loop(), threading.Event(), list[int]()
    app = web.Application()
    app.add_routes([web.get("/v1/models", models), web.post("/v1/chat/completions", complete)])
    runner, proxy = web.AppRunner(app), Proxy(0)
    context = None
    if certificates:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "server.pem", certificates / "server.key")

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        proxy.target = runner.addresses[0][1]
        made = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        ports.append(made.sockets[0].getsockname()[1])
        ready.set()

    def serve() -> None:
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield proxy.target, proxy, ports[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def ask(url: str, **environment: str) -> str:
    """What a client prints; its environment has no proxy and no authority but those given."""
    kept = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    command = [sys.executable, "-c", CLIENT, url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**kept, **environment})
    return done.stdout


def test_a_server_behind_a_proxy_and_an_authority_of_ones_own(certificates: Path) -> None:
    with running(certificates) as (_, proxy, port):
        trusted = {"SSL_CERT_FILE": str(certificates / "ca.pem")}
        via = {"HTTPS_PROXY": f"http://me:se%40cret@127.0.0.1:{port}"}
        assert ask(f"https://{NAME}:8443/v1", **trusted, **via) == f"seed 1 of {NAME}:8443\n"
        assert {head.split("\r\n", 1)[0] for head in proxy.heads} == {f"CONNECT {NAME}:8443 HTTP/1.1"}
        assert base64.b64encode(b"me:se@cret").decode() in proxy.heads[0]
        # Without the authority nothing is sent, and the message says what is wrong in a line.
        told = ask(f"https://{NAME}:8443/v1", **via)
        assert told.startswith("refused: all servers are lost") and "certificate verify failed" in told
        # Nor where the proxy may not be used: the name is known to it alone.
        told = ask(f"https://{NAME}:8443/v1", **trusted, **via, NO_PROXY=NAME)
        assert told.startswith("refused: all servers are lost") and "se@cret" not in told


def test_a_plain_server_behind_a_proxy(certificates: Path) -> None:
    with running(None) as (port, proxy, its_port):
        via = {"HTTP_PROXY": f"http://127.0.0.1:{its_port}"}
        assert ask(f"http://{NAME}:8000/v1", **via) == f"seed 1 of {NAME}:8000\n"
        assert proxy.heads[0].startswith(f"GET http://{NAME}:8000/v1/models HTTP/1.1")
        proxy.heads.clear()
        assert ask(f"http://127.0.0.1:{port}/v1", **via) == f"seed 1 of 127.0.0.1:{port}\n"
        assert not proxy.heads


def test_a_certificate_for_another_name_is_refused(certificates: Path) -> None:
    with running(certificates) as (port, _, _):
        told = ask(f"https://127.0.0.1:{port}/v1", SSL_CERT_FILE=str(certificates / "ca.pem"))
        assert "certificate verify failed" in told and "refused: all servers are lost" in told


def test_a_file_that_lies_elsewhere_is_got_without_the_key() -> None:
    heads: list[bytes] = []
    ports: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        if b"/files/1/content" in heads[-1]:
            place = f"http://127.0.0.1:{ports[0]}/store/1?signed=x"
            writer.write(f"HTTP/1.1 302 F\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
        else:
            writer.write(b"HTTP/1.1 200 O\r\nContent-Length: 4\r\n\r\nrows")
        await writer.drain()
        writer.close()

    async def work() -> bytes:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        async with server:
            client = Client(f"http://127.0.0.1:{ports[0]}/v1", {"Authorization": "Bearer k"})
            try:
                return b"".join([piece async for piece in client.pieces("/files/1/content", 100)])
            finally:
                await client.close()

    assert asyncio.run(work()) == b"rows"
    assert b"Bearer k" in heads[0]
    assert b"/store/1?signed=x" in heads[1]
    assert b"Bearer" not in heads[1]
