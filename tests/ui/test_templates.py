"""Every template: no inline style or script, no event attributes, every include isolated, everything compiles."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
INLINE = re.compile(
    r"<style\b|<script\b(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=|\b(data-)?hx-on|javascript:|\bjs:", re.I
)
BARE_INCLUDE = re.compile(r"\{% include \"components/(?!messages)(?:(?!%\}).)*(?<! only) %\}")


@pytest.mark.parametrize("name", NAMES)
def test_template_is_clean_and_compiles(name):
    text = (TEMPLATES / name).read_text()
    if not name.endswith((".email.html", ".pdf.html")):
        assert [found.group() for found in INLINE.finditer(text)] == []
    assert BARE_INCLUDE.findall(text) == []
    get_template(name)
