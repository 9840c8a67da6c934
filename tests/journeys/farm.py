"""A farm in a season, everybody whom its inspection concerns, and what each of them sees."""

import datetime as dt
import gzip

from django.urls import reverse
from django.utils import timezone

from audits.enums import InspectionKind, TeamRole
from audits.operations import planning
from programs.models import Participation
from tests import factories
from tests.audits import making
from tests.audits.reported import rule
from tests.journeys.phone import Phone
from wsr.accounts.grants import Role
from wsr.accounts.models import OrganizationKind
from wsr.registry import gates, publishing
from wsr.registry import operations as registry
from wsr.tenancy import Audience, engine_scope, program_scope

DAY = dt.timedelta(days=1)
STAFF = {"planner": Role.INSPECTOR_IN_CHARGE, "director": Role.DIRECTOR}
AUDITORS = ("ana", "ben")


class Farm:
    """A farm, a floor of half of the workers; who plans, two who go, and all who must not know."""

    def __init__(self, url: str, client) -> None:
        self.url, self.client = url, client
        self.program = factories.program("harvest")
        making.floor(self.program, "50")
        making.code(self.program, provisions=5)
        self._decide()
        for name, role in {**STAFF, **dict.fromkeys(AUDITORS, Role.AUDITOR)}.items():
            person = factories.person(f"{name}@example.org", name=f"{name.title()} Fieldnote")
            setattr(self, name, factories.member(self.program, role, person=person))
        self.stranger = factories.member(factories.program("elsewhere"), Role.AUDITOR)
        self.supplier, self.manager = self._company(OrganizationKind.SUPPLIER, Role.SUPPLIER_MANAGER)
        self.buyer, self.officer = self._company(OrganizationKind.BRAND, Role.BRAND_OFFICER)
        self.rival, self.rival_officer = self._company(OrganizationKind.BRAND, Role.BRAND_OFFICER)
        factories.sourcing(self.program, brand=self.buyer, supplier=self.supplier)
        self.workplace = factories.workplace(self.program, supplier=self.supplier, name="Green Acres")
        for person in (self.planner, self.director, self.ana, self.ben, self.stranger):
            factories.second_factor(person)

    def _decide(self) -> None:
        """Ten days to reply, remediation counted, a missed date climbs by itself; of findings the public learns the number alone."""
        rule(self.program, "clocks.report_reply", 10, unit="days")
        rule(self.program, "correction.scoring", "remediation")
        rule(self.program, "correction.overdue_climbs", True, unit="yes_no")
        factories.decide(self.program, "findings", "count")

    def _company(self, kind, role):
        organization = factories.organization(kind)
        make = factories.brand if kind == OrganizationKind.BRAND else factories.supplier
        rung = {} if kind == OrganizationKind.BRAND else {"rung": "good_standing"}
        part = make(self.program, organization=organization, **rung)
        return part, factories.member(self.program, role, organization=organization)

    def phone(self, person, **granted) -> Phone:
        """A device that she let in."""
        return Phone(self.url, self.program.slug, person, **granted)

    def as_staff(self, person=None):
        """The scope of the planner, or somebody else of the program."""
        return program_scope(self.program.pk, person_id=(person or self.planner).pk)

    def as_auditor(self, person):
        """The scope of an auditor."""
        return program_scope(self.program.pk, Audience.AUDITOR, person_id=person.pk)

    def plan(self):
        """The id of an unannounced visit in this season, both auditors asked."""
        today = timezone.now().date()
        making.season(self.program, starts_on=today - 30 * DAY, ends_on=today + 60 * DAY)
        with self.as_staff():
            return planning.plan(
                workplace_id=self.workplace.pk,
                kind=InspectionKind.SEASONAL,
                starts_on=today,
                ends_on=today + DAY,
                is_announced=False,
                team=[(self.ana.pk, TeamRole.LEAD), (self.ben.pk, TeamRole.AUDITOR)],
                by=self.planner,
                at=timezone.now(),
            ).pk

    def page(self, person, name: str, *ids, data=None):
        """The answer to a page of inspections as this person asks for it, or sends it."""
        factories.sign_in(self.client, person)
        address = reverse(f"audits:{name}", args=[self.program.slug, *ids])
        return self.client.get(address) if data is None else self.client.post(address, data)

    def send(self, person, name: str, *ids, **data) -> None:
        """Send a form; it must be taken."""
        answer = self.page(person, name, *ids, data=data)
        assert answer.status_code == 302, answer.content.decode()

    def rung(self) -> str:
        """Where the supplier stands."""
        with self.as_staff():
            return Participation.objects.get(pk=self.supplier.pk).rung

    # ── What those outside see ───────────────────────────────────────────────────────────────────

    def publish(self) -> str | None:
        """All that is served to the public, where something changed."""
        with program_scope(self.program.pk):
            for state in gates.states(self.program.pk):
                if not state.is_open:
                    why = "This program is being set up; the agreement is signed in spring."
                    registry.override_gate(gate=state.key, reason=why, by=self.director, at=timezone.now())
        with engine_scope(self.program.pk):
            made = publishing.publish(program=self.program, at=timezone.now(), by=self.director)
        return None if made is None else self._served()

    def _served(self) -> str:
        found = []
        folder = publishing.program_folder(self.program) / "current" / "public"
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in (".zip", ".sqlite"):
                content = path.read_bytes()
                found.append(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)
        return b"\n".join(found).decode("utf-8", "replace")

    def nobody_knows(self, visit) -> None:
        """Neither staff outside the team nor an auditor of another program, a brand, the supplier or the public."""
        director, stranger = self.phone(self.director), self.phone(self.stranger)
        assert director.get("inspections.inspections_list").items == []
        assert director.get("sync.inspections_sync_read").changes == []
        for device in (director, stranger):
            for one in ("one_inspection_read", "checklist_read", "findings_list", "evidence_of_visit_list"):
                assert device.status(f"inspections.{one}", visit) == 404
        stranger.slug = "elsewhere"
        assert stranger.get("sync.inspections_sync_read").changes == []
        assert stranger.status("inspections.one_inspection_read", visit) == 404
        for person in (self.director, self.officer, self.manager):
            assert self.page(person, "inspection", visit).status_code in (403, 404)
            for address in self._lists():
                assert str(visit) not in self.client.get(address).content.decode(), address
        assert self.publish() is None

    def _lists(self) -> list[str]:
        pages = ("board", "inspections", "calendar", "reports", "actions")
        others = (reverse("history:list", args=[self.program.slug]), reverse("ui:inbox"))
        return [*(reverse(f"audits:{page}", args=[self.program.slug]) for page in pages), *others]
