"""What a team answers at a visit: the questions of the code version it was planned under."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from audits.models import Inspection, Question
from programs.models import Provision


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
        found += [
            Line(provision, question)
            for question in own
            if not question.kinds or inspection.kind in question.kinds
        ]
    return found


def version_of(lines: list[Line]) -> str:
    """Changes whenever a line does."""
    digest = hashlib.sha256()
    for line in lines:
        words = (line.id, line.text, line.provision.reference, line.provision.title)
        guidance = line.question.guidance if line.question else line.provision.text
        digest.update("\x1f".join(map(str, (*words, guidance))).encode() + b"\x1e")
    return digest.hexdigest()[:16]
