"""The report as its reader has it: in a real browser, from disk, with hostile responses in it."""

from __future__ import annotations

import json
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from report.webdriver import Browser

THEME = "document.documentElement.dataset.theme"
FOUND = "document.getElementById('found').textContent"
TOPS = "[...document.querySelectorAll('#cards .top')].map((top) => top.innerText)"


@pytest.fixture
def opened(browser: Browser, page: Path) -> Browser:
    browser.prefer("light")
    browser.resize(1280, 900)
    browser.open(page)
    browser.wait(f"document.querySelector('.plot .main-svg') && innerWidth === 1280 && {THEME} === 'light'")
    return browser


def scroll_through(browser: Browser) -> None:
    script = "document.getElementById(arguments[0]).scrollIntoView({behavior: 'instant'})"
    for id in browser.run("return [...document.querySelectorAll('.plot')].map((plot) => plot.id)"):
        browser.run(script, id)
        browser.wait(f"document.getElementById('{id}').querySelector('.main-svg')")


def count_of(browser: Browser) -> int:
    """How many samples the filters let through."""
    return int(browser.text("#found").split(" of ")[1].split()[0])


def test_every_figure_is_drawn_and_nothing_is_complained_of(opened: Browser) -> None:
    scroll_through(opened)
    assert opened.errors() == []
    titles = opened.run("return [...document.querySelectorAll('figure h3')].map((h) => h.innerText)")
    for part in (
        "Responses per query", "Pass rates", "Coverage", "Where trials and tokens went", "Outcomes",
        "Response lengths", "Duplicates", "Difficulty of the training set", "Loss", "Learning rate", "Pass@1",
    ):  # fmt: skip
        assert any(part in title for title in titles), part


def test_nothing_is_loaded_from_anywhere(opened: Browser) -> None:
    scroll_through(opened)
    entries = opened.run("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert [name for name in entries if not name.startswith(("data:", "blob:"))] == []


def test_hostile_responses_stay_text(opened: Browser) -> None:
    opened.type("#filter-text", "onerror")
    opened.wait("[...document.querySelectorAll('#cards li')].every((li) => li.innerText.includes('onerror'))")
    title = opened.run("return document.title")
    assert title.startswith("made") and "broken" not in title
    shown = opened.text("#cards")
    assert "<script>document.title = 'broken'</script>" in shown
    inside = "document.querySelectorAll('#cards {}').length"
    for element in ("script", "img", "a", "b", "[onerror]", "[onclick]", "[href]"):
        assert opened.run(f"return {inside.format(element)}") == 0, element
    assert opened.errors() == []


def test_filters_narrow_the_samples(opened: Browser) -> None:
    everything = count_of(opened)
    opened.choose("#filter-band", "level 4")
    opened.choose("#filter-outcome", "correct")
    opened.wait(f"{TOPS}.every((top) => top.includes('level 4') && top.startsWith('correct'))")
    assert 0 < count_of(opened) < everything
    opened.type("#filter-text", "no such text anywhere")
    opened.wait(f"{FOUND}.includes('No sample matches')")
    assert opened.run(f"return {TOPS}") == []


def test_pages_turn(opened: Browser) -> None:
    assert opened.run("return document.getElementById('previous').disabled")
    opened.click("#next")
    opened.wait(f"{FOUND}.startsWith('11 to 20 of')")
    opened.click("#previous")
    opened.wait(f"{FOUND}.startsWith('1 to 10 of')")
    assert opened.run("return document.getElementById('previous').disabled")


def test_mathematics_is_drawn_and_its_source_can_be_seen(opened: Browser) -> None:
    opened.choose("#filter-outcome", "correct")
    opened.wait("document.querySelector('#cards mfrac')")
    box = "document.querySelector('#cards mfrac').getBoundingClientRect()"
    assert all(side > 5 for side in opened.run(f"return [{box}.width, {box}.height]"))
    opened.click("#raw")
    opened.wait("document.querySelectorAll('#cards math').length === 0")
    assert "\\frac{" in opened.text("#cards")


def test_a_sample_says_why(opened: Browser) -> None:
    opened.choose("#filter-outcome", "wrong")
    opened.wait(f"{TOPS}.every((top) => top.startsWith('wrong'))")
    card = opened.text("#cards li").upper()
    for heading in ("QUERY", "RESPONSE", "REFERENCE", "EXTRACTED ANSWER", "WHY"):
        assert heading in card


def test_the_theme_follows_the_reader_and_the_button(opened: Browser) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = opened.run(ground)
    opened.prefer("dark")
    opened.wait(f"{THEME} === 'dark'")
    assert opened.run(ground) != light
    opened.click("#theme")
    opened.wait(f"{THEME} === 'light'")
    assert opened.run(ground) == light


def test_printing_draws_all_figures_light_and_as_wide_as_paper(opened: Browser) -> None:
    opened.prefer("dark")
    opened.wait(f"{THEME} === 'dark'")
    opened.run("window.dispatchEvent(new Event('beforeprint'))")
    plots = "[...document.querySelectorAll('.plot')]"
    opened.wait(f"{plots}.every((plot) => plot.querySelector('.main-svg')?.clientWidth === 660)")
    assert opened.run(f"return {THEME}") == "light"
    opened.run("window.dispatchEvent(new Event('afterprint'))")
    opened.wait("document.querySelector('.wide .plot .main-svg').clientWidth > 900")
    assert opened.run(f"return {THEME}") == "dark"


def test_a_preference_that_changes_behind_the_print_dialog_leaves_paper_light(opened: Browser) -> None:
    opened.run("""
        window.dispatchEvent(new Event('beforeprint'));
        const dark = window.matchMedia('(prefers-color-scheme: dark)');
        dark.addEventListener('change', () => { window.changed = true; });
    """)
    opened.prefer("dark")
    opened.wait("window.changed")
    assert opened.run(f"return {THEME}") == "light"
    opened.run("window.dispatchEvent(new Event('afterprint'))")
    assert opened.run(f"return {THEME}") == "dark"


def test_a_phone_scrolls_down_and_never_sideways(opened: Browser) -> None:
    opened.resize(390, 844)
    opened.wait("innerWidth === 390")
    scroll_through(opened)
    opened.wait("document.documentElement.scrollWidth <= 390")


def test_the_bar_of_sections_fades_while_it_has_more(opened: Browser) -> None:
    fades = "document.querySelector('nav').classList.contains('more')"
    opened.resize(390, 844)
    opened.wait(f"innerWidth === 390 && {fades}")
    opened.run("document.querySelector('nav').scrollTo({left: 9999, behavior: 'instant'})")
    opened.wait(f"!{fades}")
    opened.resize(1280, 900)
    opened.wait(f"innerWidth > 390 && !{fades}")


def test_the_scale_of_small_numbers_is_whole(opened: Browser) -> None:
    scroll_through(opened)
    opened.wait("document.querySelectorAll('[id$=learning-rate] .ytick text').length > 2")
    cut = """
        const place = document.querySelector('[id$=learning-rate]');
        const left = place.getBoundingClientRect().left;
        const title = place.querySelector('.ytitle').getBoundingClientRect();
        const ticks = [...place.querySelectorAll('.ytick text')].map((tick) => tick.getBoundingClientRect());
        return ticks.filter((tick) => tick.left < Math.max(left, title.right) - 0.5).length;
    """
    assert opened.run(cut) == 0


def test_short_responses_need_no_bars_to_scroll(opened: Browser) -> None:
    scrolled = """
        return [...document.querySelectorAll('#cards .text')]
          .filter((text) => text.scrollHeight > text.clientHeight && text.clientHeight < 100)
          .map((text) => text.textContent);
    """
    assert opened.run(scrolled) == []


def test_the_table_of_queries_shows_sums_without_their_dollars(opened: Browser) -> None:
    texts = opened.run(
        "return [...document.querySelectorAll('#query-table button.query')].map((one) => one.textContent)"
    )
    assert texts and all("What is" in text and "$" not in text for text in texts)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast(opened: Browser, scheme: str) -> None:
    opened.prefer(scheme)
    opened.wait(f"{THEME} === '{scheme}'")
    found = opened.run((Path(__file__).parent / "contrast.js").read_text())
    assert found["checked"] > 100
    assert found["weak"] == [], json.dumps(found["weak"][:5])


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Browser, scheme: str, width: int) -> None:
    """The rules of axe-core on all that can be unfolded, for both kinds of readers and screens."""
    opened.prefer(scheme)
    opened.resize(width, 900)
    opened.wait(f"{THEME} === '{scheme}' && innerWidth === {width}")
    scroll_through(opened)
    opened.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    opened.run(axe_core())
    opened.run("axe.run(document, {resultTypes: ['violations']}).then((said) => { window.said = said; })")
    opened.wait("window.said")
    found = opened.run("return said.violations.map((one) => [one.id, one.help, one.nodes[0].html])")
    assert found == [], json.dumps(found, indent=1)
    assert opened.run("return said.passes.length") > 40


def axe_core() -> str:
    """The program of axe-core, which a Python package carries."""
    package = find_spec("axe_playwright_python")
    assert package is not None and package.origin is not None, "not installed: run `make setup`"
    return Path(package.origin).with_name("axe.min.js").read_text()


def test_the_keyboard_reaches_the_filters(opened: Browser) -> None:
    opened.run("document.getElementById('filter-band').focus()")
    for expected in ("filter-outcome", "filter-text", "raw"):
        opened.press("\ue004")
        opened.wait(f"document.activeElement.id === '{expected}'")


def test_everything_has_a_name(opened: Browser) -> None:
    nameless = opened.run("""
        return [...document.querySelectorAll('select, input, button, figure, .plot')].filter((element) =>
            !(element.labels && element.labels.length) && !element.getAttribute('aria-label')
            && !element.getAttribute('aria-labelledby') && !element.innerText.trim()
            && !element.closest('.modebar')).map((element) => element.outerHTML.slice(0, 80));
    """)
    assert nameless == []
    levels = opened.run(
        "return [...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))"
    )
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))


def test_every_control_is_pressed_and_nothing_leaves_the_page(opened: Browser) -> None:
    scroll_through(opened)
    pressed = opened.run(
        """
        window.left = [];
        window.open = (url) => { window.left.push(String(url)); return null; };
        document.addEventListener('securitypolicyviolation', (event) => window.left.push(event.blockedURI));
        const press = (one) => one.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
        const controls = 'button, summary, input[type=checkbox], .modebar-btn';
        let count = 0;
        for (const one of [...document.querySelectorAll(controls)]) { press(one); count += 1; }
        for (const one of document.querySelectorAll('select')) {
          one.selectedIndex = one.options.length - 1;
          one.dispatchEvent(new Event('input', {bubbles: true}));
        }
        return count;
        """
    )
    assert pressed > 20
    assert opened.run("return window.left") == []
    entries = opened.run("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert [name for name in entries if not name.startswith(("data:", "blob:"))] == []
    said = opened.run("return document.body.innerText")
    titles = opened.run("return [...document.querySelectorAll('.modebar-btn')].map((b) => b.dataset.title)")
    assert titles and not any("hare" in title or "loud" in title for title in titles)
    assert "Plotly Cloud" not in said


def test_no_address_of_another_host_is_in_the_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for address in ("https://cloud.plotly.com", "https://cdn.plot.ly", "https://plotly.com"):
        assert address not in text


RATES = """
const rows = [...document.querySelectorAll('#query-table tbody tr')];
return rows.map((row) => parseFloat(row.cells[2].innerText));
"""
SORT = """
const heads = [...document.querySelectorAll('#query-table thead button')];
heads.find((head) => head.innerText === 'pass rate').click();
"""


def test_the_table_of_queries_sorts_filters_and_leads_to_responses(opened: Browser) -> None:
    first = opened.run(RATES)
    assert first == sorted(first)
    opened.run(SORT)
    opened.run(SORT)
    down = opened.run(RATES)
    assert down == sorted(down, reverse=True) and down != first
    opened.choose("#query-solved", "always")
    assert set(opened.run(RATES)) <= {100}
    opened.choose("#query-solved", "all")
    everything = count_of(opened)
    # The samples are a selection: not every query has some.
    opened.run("""
        for (const query of document.querySelectorAll('#query-table button.query')) {
          query.click();
          if (document.querySelectorAll('#cards li').length) break;
        }
    """)
    assert 0 < count_of(opened) < everything
    opened.run("document.getElementById('one-query').click()")
    assert count_of(opened) == everything


def test_a_sample_has_an_address_and_says_where_it_is_from(opened: Browser) -> None:
    tops = opened.run(f"return {TOPS}")
    assert all("from " in top for top in tops)
    opened.run("document.querySelector('#cards button.link').click()")
    assert "#sample=" in opened.run("return location.href")
    opened.wait(f"{FOUND}.includes('of ')")
