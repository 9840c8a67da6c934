"""What a team answers at a visit: the questions of the code version it was planned under."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from audits.models import Inspection, Question, Response
from audits.scoring import breaches
from programs.models import CodeVersion, Provision


@dataclass(frozen=True)
class Line:
    """One thing to answer. A provision nobody wrote a question about is its own question."""

    provision: Provision
    question: Question | None

    @property
    def id(self) -> UUID:
        """Of the question, else of the provision."""
        return self.question.pk if self.question else self.provision.pk

    @property
    def text(self) -> str:
        """What is asked."""
        return self.question.text if self.question else self.provision.title


def checklist(inspection: Inspection) -> list[Line]:
    """The lines asked at a visit of this kind, in the order of the code. Two queries."""
    provisions = Provision.objects.filter(code=inspection.code_id).order_by("position", "pk")
    questions: dict[UUID, list[Question]] = {}
    for question in Question.objects.filter(code=inspection.code_id, retired_at=None):
        questions.setdefault(question.provision_id, []).append(question)
    found = []
    for provision in provisions:
        own = questions.get(provision.pk, [])
        if not own:
            found.append(Line(provision, None))
        found += [Line(provision, question) for question in own if is_asked(question, inspection.kind)]
    return found


@dataclass(frozen=True)
class AnsweredLine(Line):
    """A line and the answer to it, where there is one."""

    response: Response | None = None


def answered(inspection: Inspection) -> list[AnsweredLine]:
    """The checklist with its answers. What was answered stays, also where the question was retired since. Three queries."""
    rows = Response.objects.filter(inspection=inspection).select_related("provision", "question")
    given = {row.question_id or row.provision_id: row for row in rows.order_by("pk")}
    lines = [
        AnsweredLine(line.provision, line.question, given.pop(line.id, None))
        for line in checklist(inspection)
    ]
    lines += [AnsweredLine(row.provision, row.question, row) for row in given.values()]
    return sorted(lines, key=_in_order)


def breached(lines: Iterable[AnsweredLine]) -> list[Provision]:
    """The provisions that some answer says were not met, or only in part, in the order of the lines."""
    given = list(lines)
    broken = breaches({line.id: line.response.answer for line in given if line.response})
    return list({line.provision.pk: line.provision for line in given if line.id in broken}.values())


def _in_order(line: Line) -> tuple[int, str, int, str]:
    asked = line.question
    return (
        line.provision.position,
        str(line.provision.pk),
        asked.position if asked else -1,
        str(asked.pk) if asked else "",
    )


def provisions_of(code_id: UUID) -> QuerySet[Provision]:
    """The provisions of a version of the code, in its order."""
    return Provision.objects.filter(code=code_id).order_by("position", "pk")


def questions_of(code_id: UUID) -> QuerySet[Question]:
    """The questions about a version of the code that are asked today."""
    return Question.objects.filter(code=code_id, retired_at=None).order_by("position", "pk")


def is_asked(question: Question, kind: str) -> bool:
    """Whether it is asked at this kind of inspection."""
    return not question.kinds or kind in question.kinds


def codes() -> QuerySet[CodeVersion]:
    """The versions of the code, the newest first."""
    return CodeVersion.objects.order_by("-number")


def version_of(lines: list[Line]) -> str:
    """Changes whenever a line does."""
    digest = hashlib.sha256()
    for line in lines:
        words = (line.id, line.text, line.provision.reference, line.provision.title)
        guidance = line.question.guidance if line.question else line.provision.text
        digest.update("\x1f".join(map(str, (*words, guidance))).encode() + b"\x1e")
    return digest.hexdigest()[:16]
