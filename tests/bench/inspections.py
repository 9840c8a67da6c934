"""Findings of a visit as a device sends them, against the same rows by COPY."""

from collections.abc import Iterator
from uuid import uuid4

from django.db import connections, transaction

from audits.models import Finding
from audits.operations import records
from programs.models import Provision
from tests import factories
from tests.audits import making
from tests.bench.measure import Result, at_most, medians

AT = factories.AT
FINDINGS = 200


def results() -> Iterator[Result]:
    """One row: a bulk of findings with every check, lock and line of history, as an auditor; COPY as the owner of the database."""
    program = factories.program("bench-inspections")
    visit = making.under_way(program)
    with making.as_auditor(program, visit.lead):
        provision = Provision.objects.first()

    def item(number: int) -> dict:
        return {
            "record_id": uuid4(),
            "noted_at": AT,
            "provision_id": provision.pk,
            "title": f"Finding {number}",
            "description": "The second exit of the hall is locked during working hours. " * 5,
            "workers_affected": number,
        }

    def ours() -> None:
        items = [item(number) for number in range(FINDINGS)]
        with making.as_auditor(program, visit.lead):
            done = records.put_findings(inspection_id=visit.pk, items=items, by=visit.lead, at=AT)
        assert all(put.outcome == records.APPLIED for put in done)

    def by_copy() -> None:
        fixed = {
            "program_id": program.pk,
            "secret_of": visit.secret_of,
            "inspection_id": visit.pk,
            "supplier_id": visit.supplier_id,
            "by_id": visit.lead.pk,
            "received_at": AT,
            "updated_at": AT,
            "version": 1,
            "severity_id": provision.severity_id,
            "remedy": "",
            "withdrawn_reason": "",
        }
        rows = [item(number) for number in range(FINDINGS)]
        for row in rows:
            row["id"] = row.pop("record_id")
        names = [*rows[0], *fixed]
        with transaction.atomic("admin"), connections["admin"].cursor() as cursor:
            columns = ", ".join(f'"{name}"' for name in names)
            with cursor.copy(f"COPY {Finding._meta.db_table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([*row.values(), *fixed.values()])

    floor, measured = medians(by_copy, ours, times=30)
    yield at_most(f"bulk of {FINDINGS} findings of a visit, COPY of the same rows", floor, measured, 3.0)
