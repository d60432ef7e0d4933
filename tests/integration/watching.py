"""A page in Chromium, with all that it said and asked for."""

from __future__ import annotations

from contextlib import contextmanager

NARROW = 400


@contextmanager
def watch(browser, address, *, scheme="light", width=1200, height=900, **options):
    """A page opened at an address; whatever its console says is an error when it is left."""
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": height}, **options
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    said, asked = [], []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: asked.append(request.url))
    page.asked = asked
    page.goto(address)
    try:
        yield page
        assert said == []
    finally:
        context.close()


def unfold(page):
    """Open all that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")


def find_barriers(page, inside=None):
    """What axe-core calls serious or critical: contrast, names, roles, keyboard."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=inside).response["violations"]
    return [
        (each["id"], node["target"], node["failureSummary"])
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def measure_width(page):
    """How wide the page would like to be; more than the window is a scrollbar."""
    return page.evaluate("document.documentElement.scrollWidth")


def is_outlined(page):
    """Whether what has the focus shows that it has."""
    return page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
