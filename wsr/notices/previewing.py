"""What somebody would have received in the last seven days, if she had been told as she chooses now. Nothing is sent and nothing is kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wsr.notices.enums import IN_DIGESTS, Choice
from wsr.notices.hours import Ways, digest_due
from wsr.notices.kinds import Kind, UnknownKind, kind_of
from wsr.notices.models import Notice
from wsr.tenancy.models import Program


@dataclass(frozen=True)
class Mail:
    """One e-mail: when it would have left, in the hours of its reader, and what it would have told."""

    at: datetime
    program: Program
    choice: Choice
    titles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """The e-mails in the order of time, what would stand in the list alone, and what would not be told at all."""

    mails: list[Mail]
    listed: list[Notice]
    silent: list[Notice]


type ChoiceOf = Callable[[Program, Kind], Choice]


def preview(
    notices: Iterable[Notice],
    *,
    programs: Mapping[object, Program],
    ways: Mapping[object, Ways],
    choice_of: ChoiceOf,
) -> Preview:
    """`programs` and `ways` by id of the program; notices of other programs are left out."""
    mails: dict[tuple[object, ...], Mail] = {}
    listed: list[Notice] = []
    silent: list[Notice] = []
    for notice in notices:
        program = programs.get(notice.program_id)
        try:
            kind = kind_of(notice.kind)
        except UnknownKind:  # the app that told it is gone
            continue
        if program is None:
            continue
        choice = choice_of(program, kind)
        if choice in (Choice.OFF, Choice.IN_APP):
            (silent if choice == Choice.OFF else listed).append(notice)
            continue
        at = _leaves(notice, kind, choice, ways[program.pk])
        key = (program.pk, choice, at) if choice in IN_DIGESTS else (notice.pk,)
        mails.setdefault(key, Mail(at, program, choice)).titles.append(notice.title)
    return Preview(sorted(mails.values(), key=lambda mail: mail.at), listed, silent)


def _leaves(notice: Notice, kind: Kind, choice: Choice, ways: Ways) -> datetime:
    if choice in IN_DIGESTS:
        return digest_due(choice, ways.zone, notice.created_at)
    return notice.created_at if kind.urgent else ways.held_until(notice.created_at) or notice.created_at
