"""Shared fixtures: the bundled documents, and an environment without the user's models."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The speed of the machine is not a property of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
TINY_MODEL = Path(__file__).parent / "assets" / "translate-fr_en-tiny.argosmodel"


@pytest.fixture(autouse=True)
def no_models_but_ours(monkeypatch, tmp_path_factory):
    """Hide the user's models from tests, and keep tests from writing to the user's folders."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CORPUS_NORM_MODELS", str(home / "models"))
    monkeypatch.setenv("CORPUS_NORM_STARTERS", str(home / "starters"))
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(home / "argos"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("CORPUS_NORM_MEMORY", str(home / "memory.sqlite"))
    return home / "models"


@pytest.fixture(autouse=True)
def log_as_before():
    """Undo what a command sets for its process: the form, the level and the handlers of the log."""
    logger = logging.getLogger("corpus_norm")
    before = logger.level, list(logger.handlers), logger.propagate
    yield
    logger.setLevel(before[0])
    logger.handlers[:], logger.propagate = before[1], before[2]
    if console := sys.modules.get("corpus_norm.cli.console"):
        console.write_json(wanted=False)


@pytest.fixture
def fixtures() -> Path:
    return FIXTURES


@pytest.fixture
def starter(monkeypatch):
    """Make the bundled starter model visible."""
    monkeypatch.delenv("CORPUS_NORM_STARTERS")


@pytest.fixture
def tiny_model(no_models_but_ours):
    """Install the tiny French-English model as a user would."""
    from corpus_norm.translation.models import install as models

    models.install(str(TINY_MODEL))
    return no_models_but_ours


@pytest.fixture(scope="module")
def chromium():
    """Start a headless Chromium that can connect only to this machine."""
    driver = pytest.importorskip("playwright.sync_api", reason="run: make test-integration")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs Chromium: make test-integration")
    flags = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []  # it does not start otherwise
    with driver.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()
