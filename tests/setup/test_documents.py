"""README and operator page say what is there."""

import re

from wsr import bootstrap

from .conftest import ROOT


def test_the_readme_lists_every_setting():
    settings = (ROOT / "wsr/settings.py").read_text()
    readme = (ROOT / "README.md").read_text()
    names = set(re.findall(r'\benv(?:_\w+)?\(\s*"([A-Z_]+)"', settings)) | set(
        re.findall(r'"([A-Z_]*DATABASE_URL)"', settings)
    )

    assert sorted(name for name in names if f"`{name}`" not in readme) == []


def test_every_recipe_in_the_documents_exists():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    named = {recipe for page in pages for recipe in re.findall(r"`make ([a-z-]+)", page.read_text())}

    assert named <= set(bootstrap.COMMANDS)


def test_linked_pages_exist():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_tests_that_the_threat_model_names_exist():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs/threat-model.md").read_text())
    assert len(named) > 25
    missing = [
        (path, test)
        for path, test in named
        if not (ROOT / path).exists() or (test and f"def {test}(" not in (ROOT / path).read_text())
    ]
    assert missing == []
