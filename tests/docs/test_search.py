"""The search of the documentation, in a real browser: what people type leads to the page that answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from docs.test_site import site
from report.conftest import browser
from report.webdriver import Browser

__all__ = ["browser", "site"]

# The search keeps to a tree of its own, which selectors of the page do not reach.
IN_SEARCH = """
const inside = (e) => (e.shadowRoot ? [e, ...found(e.shadowRoot)] : [e]);
const found = (root) => [...root.querySelectorAll('*')].flatMap(inside);
const field = found(document).find((e) => e.matches('input[aria-label=Search]'));
const results = found(document).filter((e) => e.matches('a') && e.getRootNode() !== document);
const links = results.map((e) => e.href);
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def search(site: Path, browser: Browser) -> Iterator[Browser]:
    """A browser in which the search is open."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser.resize(1400, 900)
    browser.visit(f"http://127.0.0.1:{server.server_port}/index.html")
    browser.wait("document.querySelector('.md-search__button')")
    browser.run("document.querySelector('.md-search__button').click()")
    yield browser
    server.shutdown()


@pytest.mark.parametrize("words", ["semicolon csv", "excel", "utf-16", "nested json"])
def test_what_is_asked_of_files_is_found(search: Browser, words: str) -> None:
    search.wait(f"(() => {{ {IN_SEARCH} return field }})()")
    search.run(IN_SEARCH + "field.focus(); field.select();")
    for letter in words:
        search.press(letter)
    asked = words.replace(" ", "+")
    search.wait(f"(() => {{ {IN_SEARCH} return links.some((a) => a.includes('h={asked}')) }})()", 30)
    found = search.run(IN_SEARCH + "return links.slice(0, 5)")
    assert any("/files.html?" in link for link in found), found
