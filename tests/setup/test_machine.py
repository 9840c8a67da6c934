"""What is looked for on the machine is found, and what is missing is said."""

import subprocess

from wsr import machine


def test_a_browser_is_found_that_starts(monkeypatch):
    monkeypatch.delenv("WSR_CHROMIUM", raising=False)
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    found = machine.find_chromium()

    assert found != "/nowhere/chromium"
    assert subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0


def test_a_named_browser_comes_first(monkeypatch, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\nexit 0\n")
    browser.chmod(0o755)
    monkeypatch.delenv("WSR_CHROMIUM", raising=False)
    monkeypatch.setenv("CHROMIUM", str(browser))

    assert machine.find_chromium() == str(browser)


def test_a_browser_without_its_libraries_does_not_count(tmp_path):
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\nexit 127\n")
    browser.chmod(0o755)

    assert not machine.starts(str(browser))


def test_what_is_there_is_not_installed_again():
    assert machine.provide([machine.Need("nothing", lambda: True, ("no-such-package",))]) == []


def test_what_cannot_be_installed_is_one_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    sentences = machine.provide([machine.Need("PDF documents", lambda: False, ("libpango-1.0-0",))])

    assert len(sentences) == 1
    assert sentences[0].startswith("For PDF documents, install libpango-1.0-0")


def test_a_library_that_is_not_there_is_noticed():
    assert not machine.loads("libnowhere.so.9")
