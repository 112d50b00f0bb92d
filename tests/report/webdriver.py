"""A real headless Chromium, driven through chromedriver's own HTTP interface (W3C WebDriver)."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # Nothing that the browser does on its own accord may reach for the network, or wait for it.
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--disable-quic",
    "--disable-sync",
    "--metrics-recording-only",
]
# The driver is on this machine, whatever proxy the environment names.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Browser:
    """One session of a browser."""

    def __init__(self, port: int, profile: str) -> None:
        self._root = f"http://127.0.0.1:{port}"
        options = {"args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        self._session = ""
        session = self._send("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._session = "/" + session["sessionId"]

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        data = None if method in ("GET", "DELETE") else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            f"{self._root}/session{self._session}{path}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with _DIRECT.open(request, timeout=240) as reply:
                return json.loads(reply.read())["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()) from error

    def _find(self, selector: str) -> str:
        found = self._send("POST", "/element", {"using": "css selector", "value": selector})
        return str(next(iter(found.values())))

    def open(self, path: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.visit(path.resolve().as_uri())

    def visit(self, address: str) -> None:
        """Open an address and wait until it is loaded."""
        self._send("POST", "/url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of a function body in the page."""
        return self._send("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def click(self, selector: str) -> None:
        """A real click on the first element of a CSS selector."""
        self._send("POST", f"/element/{self._find(selector)}/click")

    def type(self, selector: str, text: str) -> None:
        """Type a text into a field."""
        self._send("POST", f"/element/{self._find(selector)}/value", {"text": text})

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._send("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def choose(self, selector: str, label: str) -> None:
        """Choose the option of a drop-down list that says `label`."""
        script = """
            const list = document.querySelector(arguments[0]);
            list.value = [...list.options].find((o) => o.label === arguments[1]).value;
            list.dispatchEvent(new Event('input', {bubbles: true}));
        """
        self.run(script, selector, label)

    def text(self, selector: str) -> str:
        """The visible text of the first element of a selector."""
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    def resize(self, width: int, height: int) -> None:
        """Give the page this size, as a phone would have it."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)

    def prefer(self, scheme: str) -> None:
        """Pretend that the reader prefers "dark" or "light", and nothing that moves."""
        wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self.devtools("Emulation.setEmulatedMedia", {"features": features})

    def devtools(self, command: str, parameters: dict[str, Any]) -> Any:
        """A command of the Chrome DevTools protocol."""
        return self._send("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def wait(self, condition: str, seconds: float = 120) -> None:
        """Wait until an expression of the page is true.

        Whatever follows an action is waited for with this: input reaches a page that is busy late.
        """
        end = time.monotonic() + seconds
        while not self.run(f"return Boolean({condition})"):
            if time.monotonic() > end:
                raise TimeoutError(f"never true in the page: {condition}")
            time.sleep(0.05)

    def errors(self) -> list[str]:
        """What the console complained of since the last call."""
        entries = self._send("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def screenshot(self, path: Path) -> None:
        """Save what is on the screen as PNG."""
        path.write_bytes(base64.b64decode(self._send("GET", "/screenshot")))

    def quit(self) -> None:
        """End the session."""
        self._send("DELETE", "")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; `FileNotFoundError` when chromedriver is not installed."""
    driver = shutil.which("chromedriver")
    if driver is None:
        raise FileNotFoundError("chromedriver")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        said = Path(folder) / "driver.txt"
        # The driver takes a free port itself: one that is looked up beforehand may be gone by then.
        with said.open("wb") as out:
            process = subprocess.Popen([driver, "--port=0"], stdout=out, stderr=subprocess.STDOUT)
        try:
            browser = Browser(_port(process, said), f"{folder}/profile")
            try:
                yield browser
            finally:
                with suppress(OSError):  # a driver that is gone already has no session to end
                    browser.quit()
        finally:
            process.terminate()
            process.wait(timeout=60)


def _port(process: subprocess.Popen[bytes], said: Path) -> int:
    """The port that the driver says it has taken."""
    end = time.monotonic() + 120
    while not (found := re.search(r"started successfully on port (\d+)", said.read_text())):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"chromedriver did not start: {said.read_text()}")
        time.sleep(0.05)
    return int(found[1])
