"""Published files are English whoever publishes; people read the same in Spanish, from link to link and without a cookie."""

import gzip
import re
import shutil
from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from programs import blueprints
from programs.enums import RUNG_WORDS
from wsr.registry import pages, publishing
from wsr.registry.models import Publication
from wsr.tenancy import engine_scope

NUMBERED = re.compile(  # what names the newest publication and so differs from one to the next
    r"index\.html\.gz|verify/index\.html\.gz|feed\.atom|checkpoint|checkpoints/.*|checksums|consistency/.*|publications/2/.*|history/.*"
)
NO_PAGE = re.compile(r"/static/|.*[.](json|atom|sqlite|csv|geojson|zip)|/registry/[\w-]+/(bundle|checkpoint)")


@pytest.fixture
def published(office):
    office.publish()
    return office


def files_of(office):
    """{path: bytes} of everything that is served."""
    paths = [path for path in office.public.rglob("*", recurse_symlinks=True) if path.is_file()]
    return {path.relative_to(office.public).as_posix(): path.read_bytes() for path in paths}


def record_address(office, subject):
    return reverse("registry:record", args=[office.program.slug, office.listing(subject).public_id])


def links_of(response):
    """Every address of this site that a page leads to, but those that are there to change the language."""
    anchors = [anchor for anchor in re.findall(r"<a [^>]*>", response.text) if "hreflang=" not in anchor]
    found = {unescape(link) for anchor in anchors for link in re.findall(r'href="([^"]+)"', anchor)}
    return {link for link in found if link.startswith("/") and not NO_PAGE.match(link)}


def test_the_language_of_whoever_publishes_changes_no_file(published):
    english = files_of(published)
    shutil.rmtree(publishing.program_folder(published.program))
    with translation.override("es"):
        assert published.publish(everything=True).number == 2
    spanish = files_of(published)

    assert english.keys() - spanish.keys() == set()
    changed = {path for path, data in english.items() if spanish[path] != data}
    assert {path for path in changed if not NUMBERED.fullmatch(path)} == set()
    with engine_scope(published.program.pk):
        newest, first = Publication.objects.all()
        with translation.override("en"):
            wanted = pages.program_files(published.program, newest, [first])
            wanted |= pages.publication_files(published.program, newest)
    assert {path: spanish[path] for path in wanted} == wanted
    assert newest.gates == first.gates
    assert b"Workplaces" in gzip.decompress(spanish["index.html.gz"])


def test_spanish_pages_need_no_cookie(client, published):
    slug = published.program.slug
    said = {
        record_address(published, published.exact): [
            "Centro de trabajo",
            "Vigente desde",
            "de marzo de 2026",
            "En buena situación",
            "23.999612",
            "Dirección y coordenadas exactas",
        ],
        reverse("registry:program", args=[slug]): [
            "La inspección es independiente",
            "Se cumple",
            "Descargar",
        ],
        reverse("registry:publication", args=[slug, 1]): ["Publicación 1", "Publicado por primera vez"],
        reverse("registry:verify_program", args=[slug]): ["Comprobar este registro", "La clave"],
        reverse("registry:verify"): ["Comprobar el registro"],
        reverse("registry:search"): ["Registro público", "7 fichas", "Bangladés (7)", "Suspendido (3)"],
    }
    for address, texts in said.items():
        english = client.get(address)
        assert english["Content-Language"] == "en"
        assert "lang=es" in english.text
        spanish = client.get(f"{address}?lang=es")
        assert spanish["Content-Language"] == "es"
        assert [text for text in texts if text not in spanish.text] == [], address
        assert not spanish.cookies


def test_signing_in_from_a_spanish_page_is_in_spanish(client, published):
    link = next(
        link for link in links_of(client.get(f"{reverse('registry:search')}?lang=es")) if "login" in link
    )
    assert 'lang="es"' in client.get(link, follow=True).text


def test_home_in_spanish_leads_to_the_record_in_spanish(client, db):
    response = client.get("/", headers={"Accept-Language": "es-MX"})

    assert f"{reverse('registry:search')}?lang=es" in links_of(response)


def test_a_day_is_kept_when_the_language_changes(client, published):
    address = reverse(
        "registry:as_of", args=[published.program.slug, published.listing(published.exact).public_id]
    )
    text = client.get(address, {"on": "2026-03-03"}).text

    assert "?on=2026-03-03&amp;lang=es" in text
    spanish = client.get(f"{address}?on=2026-03-03&lang=es").text
    assert "Lo que decía el registro el 3 de marzo de 2026" in spanish
    assert client.get(address, {"on": "nonsense", "lang": "es"})["Location"].endswith("?lang=es")


def test_every_rung_of_a_blueprint_has_words_in_spanish():
    labels = {rung.label for key in blueprints.KEYS for rung in blueprints.load(key).standings}
    with translation.override("es"):
        assert {label for label in labels if str(RUNG_WORDS.get(label, label)) == label} == set()
