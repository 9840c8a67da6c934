"""An export is of one moment, however long it takes: what others write meanwhile neither appears nor hides a row."""

import csv
import io
import threading
import tracemalloc

import openpyxl
import pytest
from django.db import connections

from programs.models import Workplace
from tests import factories
from wsr.tenancy import program_scope
from wsr.ui import exports, tables


class Places(tables.Table):
    """Names only."""

    name = "places"
    default_sort = "name"
    columns = [tables.Column("name", "Place", sort="name")]


class Request:
    """What a table needs of a request."""

    def __init__(self, program):
        from django.http import QueryDict

        self.GET, self.program, self.path = QueryDict(""), program, "/"


@pytest.fixture
def program(transactional_db):
    made = factories.program("garment")
    supplier = factories.supplier(made)
    for number in range(30):
        factories.workplace(made, supplier=supplier, name=f"Place {number:02}")
    return made


def meanwhile(program):
    """Another person renames the last place to the front, deletes one, and adds one, and is done."""

    def edit():
        with program_scope(program.pk):
            Workplace.objects.filter(name="Place 29").update(name="A place")
            Workplace.objects.filter(name="Place 28").delete()
            Workplace.objects.filter(name="Place 00").update(name="Place 99")
        connections.close_all()

    thread = threading.Thread(target=edit)
    thread.start()
    thread.join()


def edited_rows(program, table):
    for number, row in enumerate(table.all_rows()):
        if number == 3:
            meanwhile(program)
        yield row


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_of_one_moment(program, monkeypatch, kind):
    monkeypatch.setattr(tables, "EXPORT_CHUNK", 2)
    with program_scope(program.pk):
        rows = edited_rows(program, Places(Request(program), Workplace.objects.all()))
        write = exports.csv_file if kind == "csv" else exports.xlsx_file
        data = write(["Place"], rows).read()
    if kind == "csv":
        names = [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))][1:]
    else:
        names = [row[0].value for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows()][1:]

    assert names == [f"Place {number:02}" for number in range(30)]
    with program_scope(program.pk):
        assert Workplace.objects.filter(name__startswith="Place").count() == 28


def test_memory_does_not_grow_with_the_rows():
    def peak(count):
        tracemalloc.start()
        exports.csv_file(["Place"], ([f"Place {number}" * 20] for number in range(count))).close()
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(40_000) < peak(4_000) * 1.5
