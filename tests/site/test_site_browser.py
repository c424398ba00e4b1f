"""The finished site in headless Chromium: the search, the Try it page, the console, and what a tool says of access.

Screenshots go to `build/screenshots`, for the eye.
"""

from __future__ import annotations

import http.server
import re
import shutil
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from ccm_policy.site import npm

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
AXE = ("axe-core", "4.14.1", "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==")
PHONE, DESK = (390, 844), (1300, 1000)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test's output is the test's."""


@pytest.fixture(scope="module")
def site(whole_site: Path) -> Iterator[str]:
    """The address of the whole site."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(whole_site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def start(size: tuple[int, int], dark: bool = False) -> Chrome:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    flags += ["--disable-background-networking", "--disable-component-update", f"--window-size={size[0]},{size[1]}"]
    for flag in flags:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    return browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    started = start(DESK)
    yield started
    started.quit()


def wait(browser: Chrome, what: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true value, or a failure that shows where the page was. What the page puts in place of what is being
    read is read again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(StaleElementReferenceException):
            if found := what():
                return found
        time.sleep(0.1)
    raise AssertionError(
        f"waited {seconds} s at {browser.current_url}: {browser.find_element(By.TAG_NAME, 'body').text[:800]}"
    )


def shoot(browser: Chrome, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(SHOTS / f"{name}.png"))


def complaints(browser: Chrome) -> list[str]:
    log: Any = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log if entry["level"] in {"SEVERE", "WARNING"}]


# --- the ten questions: one search each, the page that answers among the first results --------------------------------

QUESTIONS = [
    ("May a specialist bill PCM while I bill CCM?", "specialist pcm beside ccm", "permission/specialist"),
    ("Since when is verbal consent enough?", "verbal consent", "consent_in_writing"),
    ("What does 99439 pay in Manhattan?", "manhattan", "localities/13202-01"),
    ("What does 99490 ask?", "99490", "services/99490"),
    ("How many conditions?", "two or more chronic conditions", "two_conditions"),
    ("Is care plan oversight in the way?", "G0181", "oversight_in_the_month"),
    ("What does Horizon say?", "horizon", "horizon"),
    ("What became of G2058?", "G2058", "services/G2058"),
    ("What does this message mean?", "E0904", "messages/CCM-E0904"),
    ("Where do I find the time log?", "time log", "glossary/"),
]


def results(browser: Chrome) -> list[str]:
    """The links that are to be seen: not those that open with `more on this page`."""
    script = (
        "return [...document.querySelectorAll('.md-search-result__item a')]"
        ".filter((link) => link.closest('details:not([open])') === null).map((link) => link.href)"
    )
    return [re.sub(r"\?h=[^#]*", "", str(link)) for link in browser.execute_script(script)]


def ask(browser: Chrome, words: str) -> None:
    """Type words into the search."""
    field = browser.find_element(By.CSS_SELECTOR, ".md-search__input")
    browser.execute_script("arguments[0].focus()", field)
    field.send_keys(words)


@pytest.mark.parametrize(("question", "words", "answer"), QUESTIONS, ids=[q for q, _, _ in QUESTIONS])
def test_one_search_answers(site: str, browser: Chrome, question: str, words: str, answer: str) -> None:
    browser.get(f"{site}/")
    ask(browser, words)
    wait(browser, lambda: any(answer in link for link in results(browser)[:12]))
    assert complaints(browser) == []


# --- the Try it page ------------------------------------------------------------------------------------------------


def settled(browser: Chrome) -> bool:
    return browser.find_element(By.CSS_SELECTOR, "[data-try]").get_attribute("data-state") in {"decided", "failed"}


def status(browser: Chrome, code: str) -> str | None:
    found = browser.find_elements(By.CSS_SELECTOR, f'.answer[data-code="{code}"]')
    return found[0].get_attribute("data-status") if found else None


def write(browser: Chrome, area: WebElement, text: str) -> None:
    script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
    browser.execute_script(script, area, text)


def test_try_it_decides_in_the_browser(site: str, browser: Chrome) -> None:
    """Nineteen minutes and twenty are decided differently; so are nineteen once the visitor changes the threshold."""
    browser.get(f"{site}/try/")
    wait(browser, lambda: settled(browser), 180)
    assert status(browser, "99490") == "not_supported"

    facts = browser.find_element(By.ID, "try-facts")
    nineteen = str(facts.get_property("value"))
    write(browser, facts, nineteen.replace("minutes: 5", "minutes: 6"))
    wait(browser, lambda: status(browser, "99490") == "supported", 90)
    shoot(browser, "try-it-twenty-minutes")

    write(browser, facts, nineteen)
    wait(browser, lambda: settled(browser) and status(browser, "99490") == "not_supported", 90)
    file = browser.find_element(By.ID, "try-file")
    for option in file.find_elements(By.TAG_NAME, "option"):
        if option.text == "core/ccm/2015.policy":
            option.click()
    policy = browser.find_element(By.ID, "try-policy")
    text = str(policy.get_property("value"))
    write(browser, policy, text.replace("at least 20 minutes", "at least 19 minutes"))
    wait(browser, lambda: status(browser, "99490") == "supported", 120)
    shoot(browser, "try-it-own-rule")

    write(browser, policy, text.replace("at least 20 minutes", "at least many minutes"))
    said = wait(browser, lambda: [m.text for m in browser.find_elements(By.CSS_SELECTOR, "#try-result pre")], 120)
    assert "core/ccm/2015.policy" in said[0] and "CCM-E" in said[0]
    assert complaints(browser) == []


def test_nothing_comes_from_elsewhere(site: str, browser: Chrome) -> None:
    """Every address that the pages ask for is the site's own."""
    import json

    browser.get_log("performance")  # type: ignore[no-untyped-call]
    for path in ("/", "/services/99490/", "/try/"):
        browser.get(site + path)
        wait(browser, lambda: browser.execute_script("return document.readyState") == "complete")
    log: Any = browser.get_log("performance")  # type: ignore[no-untyped-call]
    events = [json.loads(entry["message"])["message"] for entry in log]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert asked
    assert [url for url in asked if not url.startswith((site, "data:", "blob:", "chrome"))] == []


# --- how pages look, and what a tool says of access ----------------------------------------------------------------

PAGES = {  # one of each kind, and a short one: a tool looks at every element
    "start": "/",
    "bill": "/bill/medicare/",
    "service": "/services/99490/",
    "service-by-steps": "/services/99439/",
    "rule": "/rules/medicare.ccm/initiating_visit/",
    "edition": "/policies/medicare.ccm.noridian/2017-02/",
    "text": "/policies/medicare.ccm.noridian/text-2017-02/",
    "timeline": "/policies/",
    "layer": "/layers/payer.horizon/",
    "rates": "/fees/medicare_pfs/2026/",
    "locality": "/fees/localities/13202-01/",
    "facts": "/facts/",
    "formats": "/facts/formats/",
    "examples": "/examples/medicare.programmes/",
    "source": "/sources/cms_1654_f/",
    "disputes": "/disputes/",
    "message": "/messages/CCM-E0904/",
    "grammar": "/language/grammar/",
    "try": "/try/",
    "commands": "/commands/site/",
    "api": "/api/",
}


DESK_PAGES, DARK_PAGES, PHONE_PAGES = slice(0, None, 2), slice(1, None, 4), slice(3, None, 4)  # each page once


@pytest.mark.parametrize(
    ("size", "dark", "pages"),
    [(DESK, False, DESK_PAGES), (DESK, True, DARK_PAGES), (PHONE, False, PHONE_PAGES)],
    ids=["desk", "dark", "phone"],
)
def test_pages_are_clean_and_accessible(site: str, size: tuple[int, int], dark: bool, pages: slice) -> None:
    """No complaint in the console, nothing wider than the screen, and no finding of axe on any kind of page: not in
    its content, not in what the theme lays around it, not in the open search. Each kind of page is looked at once; in
    the dark and on a phone the same pages differ in colours and width alone."""
    axe = axe_script()
    browser = start(size, dark)
    wrong: list[str] = []
    try:
        for name, path in list(PAGES.items())[pages]:
            browser.get(site + path)
            wait(browser, lambda: browser.execute_script("return document.readyState") == "complete")
            shoot(browser, f"{name}-{size[0]}{'-dark' if dark else ''}")
            wrong += [f"{name}: {said}" for said in complaints(browser)]
            width = browser.execute_script("return document.documentElement.scrollWidth")
            wrong += [f"{name}: {width} wide"] if width > size[0] else []
            browser.execute_script(axe)
            wrong += [f"{name}: {said}" for said in findings(browser)]
        ask(browser, "consent")
        wait(browser, lambda: results(browser))
        wrong += [f"search: {said}" for said in findings(browser)]
    finally:
        browser.quit()
    assert not wrong, "\n".join(wrong)


def axe_script() -> str:
    found = npm.archive(*AXE)
    assert isinstance(found, Path), found
    with tarfile.open(found) as packed:
        member = packed.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()


def findings(browser: Chrome) -> list[str]:
    """Everything that axe finds on the page, by its rules and by good practice."""
    script = """
        const done = arguments[arguments.length - 1];
        const tags = '.md-search-result .md-tags';  // the theme marks each result's tags as a landmark of one name
        const what = document.querySelector(tags) ? {include: [['html']], exclude: [[tags]]} : document;
        const moving = document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime !== Infinity);
        const still = Promise.all(moving.map((each) => each.finished.catch(() => null)));  // colours fade in
        still.then(() => axe.run(what)).then((found) => done(found.violations
            .map((v) => `${v.id}: ${v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160)).join(' | ')}`)));
    """
    browser.set_script_timeout(120)
    said: list[str] = browser.execute_async_script(script)
    return said


def test_the_search_is_reached_by_key(site: str, browser: Chrome) -> None:
    browser.get(f"{site}/services/")
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    field = browser.find_element(By.CSS_SELECTOR, ".md-search__input")
    wait(browser, lambda: browser.switch_to.active_element == field)
    field.send_keys(Keys.ESCAPE)
