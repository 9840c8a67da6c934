"""Every direct dependency has a floor, and the lock keeps to it: some packages fall back to ancient releases on Django 6.1."""

import importlib.metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

FOLDER = Path(__file__).resolve().parent.parent.parent / "requirements"
DIRECT = [
    Requirement(line.split("#")[0].strip())
    for name in ("base.in", "dev.in")
    for line in (FOLDER / name).read_text().splitlines()
    if line.split("#")[0].strip() and not line.startswith("-")
]
FORBIDDEN = ("AGPL", "GNU GENERAL", "GPL-2", "GPL-3", "GPLV2", "GPLV3", "GNU AFFERO")
OFFERED_BESIDE = (
    "LGPL",
    "LESSER GENERAL",
    "MPL",
    "MIT",
    "BSD",
    "APACHE",
    "ARTISTIC",
)  # the licensee may choose


@pytest.mark.parametrize("requirement", DIRECT, ids=lambda r: r.name)
def test_has_a_floor_and_keeps_it(requirement):
    assert any(part.operator in {">=", "=="} for part in requirement.specifier), "give it a floor"
    assert requirement.specifier.contains(importlib.metadata.version(requirement.name), prereleases=True)


def test_lock_is_hashed_and_names_no_index():
    for name in ("base.txt", "dev.txt"):
        text = (FOLDER / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in pins)


def test_no_package_of_ours_has_a_strong_copyleft():
    wrong = []
    for line in (FOLDER / "base.txt").read_text().splitlines():
        if "==" not in line or line.startswith((" ", "#")):
            continue
        name = line.split("==")[0].split("[")[0]
        try:
            data = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        said = [
            data.get("License-Expression") or "",
            data.get("License") or "",
            *(data.get_all("Classifier") or []),
        ]
        licence = " ".join(
            text for text in said if len(text) < 300 and ("icense" in text or text in said[:2])
        ).upper()
        if any(word in licence for word in FORBIDDEN) and not any(word in licence for word in OFFERED_BESIDE):
            wrong.append(f"{name}: {licence}")
    assert wrong == []
