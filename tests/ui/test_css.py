"""The sheets: logical properties only, dark defined once in two ways, no address outside, vendored files unchanged."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border|inset)-(left|right|top|bottom)[\w-]*|left|right|top|bottom|float|"
    r"(min-|max-)?(width|height))\s*:|text-align:\s*(left|right)"
)
OTHERS = {"fonts", "vendor"}


def rules(sheet: Path) -> str:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    return re.sub(r"@media[^{]*", "@media ", text)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_only_logical_properties(sheet):
    assert [found.group() for found in PHYSICAL.finditer(rules(sheet))] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_address_outside_the_installation(sheet):
    assert re.findall(r"https?://|//[a-z]|data:|@import", rules(sheet)) == []


def test_dark_by_device_and_dark_by_choice_are_the_same():
    css = rules(STATIC / "css" / "app.css")
    by_device = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', css, re.S).group(1)
    by_choice = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', css, re.S).group(1)
    assert by_device.split() == by_choice.split()


def test_worker_sheet_runs_on_old_phones():
    css = (STATIC / "css" / "worker.css").read_text()
    assert re.findall(r"@layer|light-dark|color-mix|&|:has|@font-face|inset:|clamp", css) == []
    assert len(css) < 8_000


def vendored():
    return tomllib.loads((STATIC / "VENDOR.toml").read_text())["file"]


@pytest.mark.parametrize("entry", vendored(), ids=lambda entry: entry["path"])
def test_vendored_file_is_unchanged_and_has_its_license(entry):
    assert hashlib.sha256((STATIC / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert (STATIC / entry["license_text"]).read_text().strip()


def test_every_file_of_others_is_listed():
    there = {
        str(path.relative_to(STATIC))
        for folder in OTHERS
        for path in (STATIC / folder).rglob("*")
        if path.is_file()
    }
    assert there == {entry[key] for entry in vendored() for key in ("path", "license_text")}
