"""The handbook: every page of `docs/` is on the site, and its links lead somewhere."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLResolver, get_resolver, reverse
from django.utils.html import escape

from tests import factories
from tests.pictures import MOST_BYTES, PICTURES
from wsr.accounts.queries import programs_of, standing_in
from wsr.ui import help as handbook
from wsr.ui import places
from wsr.ui.glossary import WORDS
from wsr.ui.places import OF_APP, place_of

pytestmark = pytest.mark.django_db


def test_every_page_is_offered_to_somebody():
    offered = [shown.name for shelf in handbook.shelves() for shown in shelf.pages]
    assert sorted(offered) == sorted(handbook.names())


def test_pages_are_whole_and_their_links_lead_somewhere(client):
    wrong = []
    for name in sorted(handbook.names()):
        shown = handbook.page(name)
        text = client.get(handbook.address(name)).content.decode()
        assert escape(shown.title) in text
        assert " style=" not in text
        for href in re.findall(r'href="([^"]*)"', str(shown.body)):
            path, _hash, place = href.partition("#")
            if not path.startswith(("/help/", "http")) and path:
                wrong.append((name, href))
            if path.startswith("/help/") or not path:
                target = handbook.page(path.removeprefix("/help/").rstrip("/") or name)
                if place and f'id="{place}"' not in target.body:
                    wrong.append((name, href))
    assert wrong == []


def test_there_is_no_way_out_of_the_folder(client):
    for name in ("nothing", "../README", "%2e%2e/README", "decisions/../../README"):
        assert client.get(f"/help/{name}/").status_code == 404
    assert client.get(reverse("ui:help_picture", args=["registry.png"])).status_code == 200
    assert client.get(reverse("ui:help_picture", args=["..%2fREADME.md"])).status_code == 404


def views(patterns, app: str = "") -> Iterator[tuple[str, str]]:
    """(app, name) of every page of ours that is routed."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, pattern.app_name or app)
        elif getattr(pattern.callback, "wsr_door", None):
            yield app, pattern.name or ""


VIEWS = set(views(get_resolver().url_patterns))


def test_every_page_of_the_site_has_its_section():
    """A page of an app that nobody explains is a fault; so is a section that is not there."""
    assert {app for app, _name in VIEWS} - set(OF_APP) == set()
    wrong = set()
    for app, name in VIEWS:
        for in_portal in (False, True):
            wanted, _hash, section = place_of(f"{app}:{name}", in_portal=in_portal).section.partition("#")
            if wanted not in handbook.names() or (
                section and f'id="{section}"' not in handbook.page(wanted).body
            ):
                wrong.add((app, name, wanted, section))
    assert wrong == set()


def test_every_line_is_about_a_page_that_there_is():
    """A line whose page has gone is taken away with it."""
    lost = [
        (app, start)
        for app, lines in places.OF_VIEWS.items()
        for _place, starts in lines
        for start in starts.split()
        if not any(held == app and name.startswith(start) for held, name in VIEWS)
    ]
    assert lost == []


def test_the_glossary_on_the_pages_is_the_one_of_the_handbook():
    rows = re.findall(
        r"^\| (?!word|---)(.+?) \| (.+?) \|$", (handbook.DOCS / "glossary.md").read_text(), re.M
    )
    assert rows == [(str(word.word), str(word.meaning)) for word in WORDS.values()]


def test_every_picture_is_made_by_the_command_shown_somewhere_and_small():
    texts = [(handbook.DOCS.parent / "README.md").read_text()]
    texts += [path.read_text() for path in handbook.DOCS.rglob("*.md")]
    shown = [found for text in texts for found in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text)]
    assert all(len(words) > 20 for words, _path in shown)  # what it shows, for those who do not see it
    there = {path.stem: path.stat().st_size for path in handbook.PICTURES.glob("*.png")}
    listed = [picture.name for picture in PICTURES]
    assert (
        set(there) == set(listed) == {path.rpartition("/")[2].removesuffix(".png") for _words, path in shown}
    )
    assert len(listed) == len(set(listed)) <= 12
    assert max(there.values()) <= MOST_BYTES
    assert not list(handbook.DOCS.glob("*.png"))


def test_console_portal_and_record_lead_to_the_section_about_where_one_is(client, program, director):
    factories.sign_in(client, director)
    desk = client.get(reverse("agreements:agreements", args=[program.slug])).content.decode()
    assert f'href="{handbook.address("agreements#how-an-agreement-is-made")}"' in desk
    assert "a binding contract in versions" in desk
    assert (
        f'href="{handbook.address("principles#for-everybody")}"' in client.get("/endorse/").content.decode()
    )
    officer = factories.sign_in(client, factories.member(program, "brand_officer"))
    standing = standing_in(programs_of(officer), program.slug)
    factories.brand(program, organization_id=standing.organization_id)
    home = client.get(reverse("ui:program", args=[program.slug])).content.decode()
    assert f'href="{handbook.address("brand#what-you-find-in-the-portal")}"' in home
    client.logout()
    assert "/help/" in client.get(reverse("account_login")).content.decode()
