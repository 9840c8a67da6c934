"""The library: what is handed out or shown, by language and version."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from programs.enums import MaterialKind
from programs.models import Material
from programs.queries import today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files.operations import take_in
from wsr.history.operations import record
from wsr.tenancy import atomic

TAKEN = ("pdf", "png", "jpeg", "webp", "docx", "odt")


class CannotKeep(DomainError):
    """The material cannot be kept so."""


@atomic
def add(
    *,
    title: str,
    kind: MaterialKind,
    language: str,
    version: str,
    by: Person,
    at: datetime,
    link: str = "",
    chunks: Iterable[bytes] = (),
    file_name: str = "",
) -> Material:
    """Add a material: a file, cleaned and kept here, or a link, or neither where it exists on paper alone.

    Raises CannotKeep, and what `wsr.files.operations.take_in` raises.
    """
    title, version = title.strip(), version.strip()
    if Material.objects.filter(title__iexact=title, language=language, version=version).exists():
        raise CannotKeep(_("It is in the library already, in this language and version."))
    if link and file_name:
        raise CannotKeep(_("Give a file or a link, not both."))
    file = take_in(chunks=chunks, name=file_name, by=by, at=at, only=TAKEN).file if file_name else None
    material = Material.objects.create(
        title=title,
        kind=kind,
        language=language,
        version=version,
        link=link,
        file=file,
        added_by=by,
        added_at=at,
    )
    said = {"title": title, "kind": kind, "language": language, "version": version, "link": link}
    record("material.added", material, by=by, at=at, after={**said, "file": file.sha256 if file else ""})
    return material


@atomic
def retire(*, material_id: UUID, by: Person, at: datetime) -> Material:
    """Hand a material out no longer; what was handed out stays on record. Raises Material.DoesNotExist and CannotKeep."""
    material = Material.objects.select_for_update(of=("self",)).get(pk=material_id)
    if material.retired_on is not None:
        raise CannotKeep(_("It is handed out no longer already."))
    material.retired_on = today(at)
    material.save(update_fields=["retired_on"])
    record("material.retired", material, by=by, at=at, after={"retired_on": material.retired_on})
    return material
