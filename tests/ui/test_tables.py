"""Lists: filters, columns, sort and pages in the address; views and exports; one program only."""

import csv
import io
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from programs.models import Workplace
from tests import factories
from wsr.history.models import Event
from wsr.tenancy import program_scope
from wsr.ui import tables
from wsr.ui.models import SavedView

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.places")]


@pytest.fixture
def places(program):
    supplier = factories.supplier(program, name="=Sunrise")
    names = ["Amber", "Birch", "Cedar", "Dune"]
    return [
        factories.workplace(
            program, supplier=supplier, name=name, worker_count=count, country="BD" if count else "US"
        )
        for name, count in zip(names, [30, 7, None, 7], strict=True)
    ]


@pytest.fixture
def signed_in(client, director):
    factories.sign_in(client, director)
    return client


@pytest.fixture
def visit(signed_in, program):
    """Opens the list with the given words."""

    def open_page(query="", **kwargs):
        return signed_in.get(f"/p/{program.slug}/places/{query}", **kwargs)

    return open_page


def names(response):
    return [row.name for row in response.context["table"].page.rows]


def test_lists_filters_and_sorts_by_the_address(visit, places):
    assert names(visit()) == ["Amber", "Birch", "Cedar", "Dune"]
    assert names(visit("?sort=-name")) == ["Dune", "Cedar", "Birch", "Amber"]
    assert names(visit("?sort=workers"))[0] in {"Birch", "Dune"}
    assert names(visit("?q=e&country=BD")) == ["Amber", "Dune"]
    assert names(visit("?workers_min=8")) == ["Amber"]
    assert names(visit("?sort=nonsense")) == ["Amber", "Birch", "Cedar", "Dune"]


def test_filters_show_as_chips_with_a_way_out(visit, places):
    chips = visit("?q=e&country=BD&workers_min=8&columns=name.workers").context["table"].chips
    assert [(chip.label, chip.text) for chip in chips] == [
        ("Search", "e"),
        ("Country", "Bangladesh"),
        ("Workers", "8 – …"),
    ]
    assert parse_qs(urlsplit(chips[1].url).query) == {
        "q": ["e"],
        "workers_min": ["8"],
        "columns": ["name.workers"],
    }


def test_choosing_columns_never_loses_the_filters(visit, places):
    answer = visit("?apply=1&q=e&country=&sort=-name&columns=name&columns=country")
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.url).query) == {
        "q": ["e"],
        "sort": ["-name"],
        "columns": ["name.country"],
    }
    shown = visit("?q=e&columns=country").context["table"].shown
    assert [column.name for column in shown] == ["name", "country"]


def test_a_filter_that_is_not_understood_is_named_and_left_out(visit, places):
    answer = visit("?country=XX&q=amber")
    assert names(answer) == ["Amber"]
    assert "was not understood" in answer.content.decode()


def test_pages_lead_on_and_back(visit, places, monkeypatch):
    monkeypatch.setattr(tables, "PAGE_ROWS", 3)
    first = visit("?country=BD&country=US")
    assert (names(first), first.context["table"].previous_url) == (["Amber", "Birch", "Cedar"], "")
    second = visit("?" + urlsplit(first.context["table"].next_url).query)
    assert (names(second), second.context["table"].next_url) == (["Dune"], "")
    assert names(visit("?" + urlsplit(second.context["table"].previous_url).query)) == [
        "Amber",
        "Birch",
        "Cedar",
    ]


def test_count_is_exact_up_to_a_cap(visit, places, monkeypatch):
    assert visit().context["table"].summary == "4 rows"
    monkeypatch.setattr(tables, "COUNT_CAP", 3)
    assert visit().context["table"].summary == "More than 3 rows"


def test_as_many_queries_for_one_row_as_for_many(visit, program, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    factories.workplace(program)
    visit()
    with CaptureQueriesContext(connection) as one:
        visit()
    for _count in range(12):
        factories.workplace(program)
    with CaptureQueriesContext(connection) as many:
        visit()
    assert len(many) == len(one)


def test_htmx_gets_the_table_alone(visit, places):
    answer = visit(headers={"HX-Request": "true", "HX-Target": "div#table"})
    body = answer.content.decode()
    assert body.lstrip().startswith('<div id="table">')
    assert "<html" not in body
    assert "HX-Request" in answer.headers["Vary"]


def test_an_empty_list_names_the_next_step_to_who_may_take_it(visit, program, client):
    assert 'href="/p/garment/places/">Import a list' in visit().content.decode()
    observer = factories.member(program, "observer")
    factories.sign_in(client, observer)
    answer = client.get("/p/garment/places/").content.decode()
    assert "No places yet" in answer
    assert "Import a list" not in answer


def test_no_match_is_said_differently_from_no_rows(visit, places):
    answer = visit("?q=nothing").content.decode()
    assert "No rows match these filters" in answer
    assert "No places yet" not in answer


def test_csv_holds_all_filtered_rows_and_no_formula_and_is_recorded(visit, places, program, monkeypatch):
    monkeypatch.setattr(tables, "PAGE_ROWS", 1)
    monkeypatch.setattr(tables, "EXPORT_CHUNK", 2)
    answer = visit("?export=csv&country=BD&columns=name.supplier.workers")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Place", "Supplier", "Workers"],
        ["Amber", "'=Sunrise", "30"],
        ["Birch", "'=Sunrise", "7"],
        ["Dune", "'=Sunrise", "7"],
    ]
    with program_scope(program.pk):
        assert list(
            Event.objects.filter(event="list.exported").order_by("pk").values_list("subject_id", flat=True)
        ) == [program.pk]


def test_xlsx_holds_all_filtered_rows(visit, places):
    answer = visit("?export=xlsx&q=e&sort=-name")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows()] == [
        ["Place", "Supplier", "Workers"],
        ["Dune", "'=Sunrise", 7],
        ["Cedar", "'=Sunrise", None],
        ["Amber", "'=Sunrise", 30],
    ]


@pytest.mark.parametrize("query", ["?export=csv", "?export=xlsx"])
def test_who_may_not_export_is_refused(client, program, places, query):
    observer = factories.member(program, "observer")
    factories.sign_in(client, observer)
    assert client.get(f"/p/{program.slug}/places/{query}").status_code == 403
    assert "Export" not in client.get(f"/p/{program.slug}/places/").content.decode()


def test_an_unknown_format_is_refused(visit, places):
    assert visit("?export=exe").status_code == 403


def test_another_programs_rows_never_appear(visit, places, other_program):
    factories.workplace(other_program, name="Elm")
    assert "Elm" not in names(visit())
    with program_scope(other_program.pk):
        assert Workplace.objects.count() == 1


def save(client, program, **fields):
    data = {"name": "Large", "table": "places", "page": "test:places", "query": "q=e", **fields}
    return client.post(reverse("ui:views", args=[program.slug]), data)


def test_a_view_is_saved_shown_shared_renamed_and_deleted(signed_in, visit, program, places, director):
    answer = save(signed_in, program)
    assert answer.url == "/p/garment/places/?q=e"
    assert 'href="?q=e" aria-current="true">Large' in visit("?q=e").content.decode()
    with program_scope(program.pk):
        view = SavedView.objects.get()
    renamed = signed_in.post(
        reverse("ui:rename_view", args=[program.slug, view.pk]), {"name": "Big", "shared": "on"}
    )
    assert renamed.status_code == 302
    assert (
        "Everyone in the program" in signed_in.get(reverse("ui:views", args=[program.slug])).content.decode()
    )
    assert signed_in.post(reverse("ui:delete_view", args=[program.slug, view.pk])).status_code == 302
    with program_scope(program.pk):
        assert not SavedView.objects.exists()
        assert list(
            Event.objects.filter(event__startswith="view.").order_by("id").values_list("event", flat=True)
        ) == [
            "view.saved",
            "view.renamed",
            "view.deleted",
        ]


def test_a_name_is_taken_once_and_a_page_must_exist(signed_in, program):
    save(signed_in, program)
    assert "choose another name" in save(signed_in, program).content.decode()
    assert save(signed_in, program, name="Other", page="no:where").status_code == 422


def test_others_views_are_seen_when_shared_and_never_changed(signed_in, client, program, places):
    save(signed_in, program, shared="on")
    save(signed_in, program, name="Mine alone", query="q=x")
    colleague = factories.member(program, "observer")
    factories.sign_in(client, colleague)
    listed = client.get(f"/p/{program.slug}/places/").content.decode()
    assert "Large</a>" in listed
    assert "Mine alone</a>" not in listed
    with program_scope(program.pk):
        view = SavedView.objects.get(name="Large")
    assert client.post(reverse("ui:delete_view", args=[program.slug, view.pk])).status_code == 404
    assert (
        client.post(reverse("ui:rename_view", args=[program.slug, view.pk]), {"name": "x"}).status_code == 404
    )


def test_a_view_keeps_what_is_shown_and_does_nothing(signed_in, visit, program, places):
    answer = save(signed_in, program, query="q=e&export=csv&apply=1&after=x&before=y&view=all", shared="on")
    assert answer.url == "/p/garment/places/?q=e"
    save(signed_in, program, name="Trap", query="apply=1&export=csv", shared="on")
    with program_scope(program.pk):
        trap = SavedView.objects.get(name="Trap")
    flags = {"name": "Trap", "shared": "on", "is_default": "on"}
    signed_in.post(reverse("ui:rename_view", args=[program.slug, trap.pk]), flags)
    assert names(visit()) == ["Amber", "Birch", "Cedar", "Dune"]


def test_preferences_are_kept_and_lead_back_into_the_site_only(signed_in, director):
    answer = signed_in.post("/preferences/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer.url == "/"
    assert get_user_model().objects.get(pk=director.pk).theme == "dark"
    assert 'data-theme="dark"' in signed_in.get("/style/").content.decode()
    answer = signed_in.post("/preferences/", {"language": "es", "next": "/style/"})
    assert (answer.url, answer.cookies["django_language"].value) == ("/style/", "es")


def test_a_stranger_chooses_a_language_by_a_link(client):
    answer = client.get("/language/es/?next=/")
    assert (answer.status_code, answer.cookies["django_language"].value) == (302, "es")
    assert client.get("/language/xx/").status_code == 404


def test_a_view_opens_its_list_and_stands_above_it_with_its_number(visit, signed_in, client, program, places):
    save(signed_in, program, query="workers_min=8", shared="on")
    save(signed_in, program, name="Mine", query="q=e")
    with program_scope(program.pk):
        view, mine = SavedView.objects.order_by("name")
    flags = {"name": "Large", "shared": "on", "is_pinned": "on", "is_default": "on"}
    signed_in.post(reverse("ui:rename_view", args=[program.slug, view.pk]), flags)
    assert visit().url == f"/p/{program.slug}/places/?workers_min=8"
    plain = visit("?workers_min=8").context["table"].clear_url
    assert plain.endswith("?view=all")
    assert names(visit("?view=all")) == ["Amber", "Birch", "Cedar", "Dune"]
    assert visit("?apply=1&q=").url == plain
    [pin] = visit("?view=all").context["table"].pins
    assert (pin.label, pin.text, pin.url) == ("Large", "1", f"/p/{program.slug}/places/?workers_min=8")

    signed_in.post(
        reverse("ui:rename_view", args=[program.slug, mine.pk]), {"name": "Mine", "is_default": "on"}
    )
    assert visit().url.endswith("?q=e")  # one default: the last one chosen
    with program_scope(program.pk):
        assert not SavedView.objects.get(name="Large").is_default
    signed_in.post(reverse("ui:rename_view", args=[program.slug, view.pk]), flags)

    observer = factories.sign_in(client, factories.member(program, "observer"))
    assert client.get(f"/p/{program.slug}/places/").url.endswith("?workers_min=8")
    save(client, program, name="Theirs", query="q=a", shared="on")
    with program_scope(program.pk):
        theirs = SavedView.objects.get(person=observer)
    rename = reverse("ui:rename_view", args=[program.slug, theirs.pk])
    refused = client.post(rename, {"name": "Theirs", "shared": "on", "is_default": "on"})
    assert (refused.status_code, "those who change the program" in refused.content.decode()) == (422, True)
    assert client.post(rename, {"name": "Theirs", "is_default": "on"}).status_code == 302
    assert client.get(f"/p/{program.slug}/places/").url.endswith("?q=a")
