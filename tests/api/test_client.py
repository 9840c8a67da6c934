"""A typed client can be generated from the description, and talks to a live server."""

import importlib

from tests import factories
from wsr.accounts.grants import Role


def test_the_generated_client_asks_a_live_server(field_device):
    program = factories.program("garment")
    ana = factories.member(program, Role.AUDITOR)
    phone = field_device(ana)
    root = importlib.import_module("wsr_client.api.programs.root_read")
    reached = root.sync(client=phone)
    assert [(row.slug, row.roles) for row in reached.programs] == [("garment", ["auditor"])]
    assert reached.person_id == ana.pk

    one = importlib.import_module("wsr_client.api.inspections.one_inspection_read")
    missing = one.sync("garment", "018f0000-0000-7000-8000-000000000000", client=phone)
    assert (missing.status, missing.title) == (404, "There is nothing here")
