"""Every template: no inline style or script, no event attributes, every include isolated, everything compiles."""

import re
from pathlib import Path

from django.template.loader import get_template

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
INLINE = re.compile(
    r"<style\b|<script\b(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=|\b(data-)?hx-on|javascript:|\bjs:", re.I
)
BARE_INCLUDE = re.compile(r"\{% include \"components/(?!messages)(?:(?!%\}).)*(?<! only) %\}")


def test_every_template_is_clean_and_compiles():
    found = {}
    for name in NAMES:
        text = (TEMPLATES / name).read_text()
        inline = [] if name.endswith((".email.html", ".pdf.html")) else INLINE.finditer(text)
        found[name] = [*(match.group() for match in inline), *BARE_INCLUDE.findall(text)]
        get_template(name)
    assert {name: faults for name, faults in found.items() if faults} == {}
