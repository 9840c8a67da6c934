"""A brand with a signatory, a worker organization, and a draft that can be proposed."""

from dataclasses import dataclass
from typing import Any

from agreements.enums import ClauseKind, Side
from agreements.models import Agreement, AgreementVersion, Party
from agreements.operations import agreements as operations
from agreements.operations import proposing, signing
from tests import factories
from tests.factories import AT
from wsr.accounts.models import OrganizationKind
from wsr.tenancy import Audience, program_scope

COMPLETE: dict[str, dict[str, Any]] = {
    "financial_support": {"forms": ["loan"]},
    "stop_purchase": {"stop_within": {"value": 30, "unit": "days"}},
    "sourcing_disclosure": {"first_within": {"value": 14, "unit": "days"}},
    "reporting": {"report_every": "quarterly", "report_within": {"value": 30, "unit": "days"}},
    "term": {"lasts": {"value": 12, "unit": "months"}},
}


@dataclass
class Table:
    """Who sits at it."""

    program: Any
    director: Any
    signatory: Any
    organization: Any
    brand: Any
    union: Any

    def staff(self):
        """The program's own scope."""
        return program_scope(self.program.pk, person_id=self.director.pk)

    def portal(self, person=None):
        """The brand's scope."""
        somebody = person or self.signatory
        return program_scope(
            self.program.pk, Audience.BRAND, person_id=somebody.pk, organization_id=self.organization.pk
        )

    def act(self, **said):
        """What every act of the director says."""
        return {"by": self.director, "at": AT, **said}

    def draft(self, *, parties=True, **said) -> AgreementVersion:
        """A draft from the program's own template, every required value filled in."""
        with self.staff():
            made = operations.start_from_template(
                template="own", title=said.pop("title", "Fair work agreement"), **self.act()
            )
            if parties:
                operations.add_party(
                    agreement_id=made.pk, participation_id=self.union.pk, side=Side.PROGRAM, **self.act()
                )
                operations.add_party(
                    agreement_id=made.pk, participation_id=self.brand.pk, side=Side.BRAND, **self.act()
                )
            version = made.versions.get()
            self.fill(version)
            if said:
                AgreementVersion.objects.filter(pk=version.pk).update(**said)
            return version

    def fill(self, version: AgreementVersion) -> None:
        """Give every clause what it needs. In the staff's scope."""
        for clause in version.clauses.filter(kind__in=COMPLETE):
            operations.change_clause(
                clause_id=clause.pk,
                reference=clause.reference,
                title=clause.title,
                text=clause.text,
                is_public=clause.kind == ClauseKind.STOP_PURCHASE,
                parameters=COMPLETE[clause.kind],
                **self.act(),
            )

    def proposed(self, **said) -> AgreementVersion:
        """A version before the parties."""
        version = self.draft(**said)
        with self.staff():
            return proposing.propose(version_id=version.pk, **self.act())

    def party(self, version: AgreementVersion, side: str) -> Party:
        """The party of a side. In any scope."""
        return Party.objects.get(agreement_id=version.agreement_id, side=side)

    def sign(self, version: AgreementVersion, **said):
        """The brand signs."""
        with self.portal():
            return signing.sign(
                version_id=version.pk,
                party=self.party(version, "brand"),
                sha256=said.pop("sha256", version.text_sha256),
                name="Bea Brand",
                title="Head of sourcing",
                method="totp",
                by=self.signatory,
                at=AT,
                **said,
            )

    def countersign(self, version: AgreementVersion, *, at=AT) -> AgreementVersion:
        """The program signs."""
        with self.staff():
            return signing.countersign(
                version_id=version.pk,
                party=self.party(version, "program"),
                sha256=version.text_sha256,
                name="Dina Director",
                title="Director",
                method="webauthn",
                by=self.director,
                at=at,
            )

    def in_force(self, **said) -> Agreement:
        """An agreement that binds."""
        version = self.proposed(**said)
        self.sign(version)
        self.countersign(version)
        with self.staff():
            return Agreement.objects.get(pk=version.agreement_id)


def table(program, director) -> Table:
    """A table for one brand."""
    organization = factories.organization(OrganizationKind.BRAND, name="Brand North")
    return Table(
        program=program,
        director=director,
        signatory=factories.member(program, "brand_signatory", organization=organization),
        organization=organization,
        brand=factories.brand(program, name="Brand North", organization=organization),
        union=factories.participation(program, "worker_organization", name="Garment Workers Union"),
    )
