"""Reports on the disk, beside the publications they were made from: a PDF, and a line about it.

    published/<program>/reports/<name>.pdf
    published/<program>/reports/<name>.json   title, first and last day, number of the publication, when it was made, SHA-256,
                                              number of the newest publication at that time

A redaction removes the reports that were made before it, because they may say what was redacted.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True)
class ReportFile:
    """One report. Days and times are ISO 8601. `publication`: whose state it shows; `made_after`: the newest one when it was made."""

    name: str
    title: str
    starts_on: str
    ends_on: str
    publication: int
    made_at: str
    sha256: str
    made_after: int = 0


def keep(program: Path, report: ReportFile, content: bytes) -> None:
    """Put a report there, in place of one of the same name. Readers see the old or the new one, whole."""
    folder = program / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    for ending, data in (("pdf", content), ("json", json.dumps(asdict(report)).encode())):
        draft = folder / f"{report.name}.{ending}.draft"
        draft.write_bytes(data)
        draft.replace(folder / f"{report.name}.{ending}")


def listed(program: Path) -> list[ReportFile]:
    """Every report that is whole, newest period first."""
    found = [ReportFile(**json.loads(path.read_bytes())) for path in (program / "reports").glob("*.json")]
    return sorted(found, key=lambda one: (one.ends_on, one.name), reverse=True)


def content_of(program: Path, name: str) -> bytes | None:
    """The PDF of a report; None where there is none, or half of two."""
    report = next((one for one in listed(program) if one.name == name), None)
    path = program / "reports" / f"{name}.pdf"
    content = path.read_bytes() if report and path.is_file() else b""
    return content if report and sha256(content).hexdigest() == report.sha256 else None


def prune(program: Path, oldest: int) -> None:
    """Remove the reports that were made before publication number `oldest`."""
    for report in listed(program):
        if report.made_after < oldest:
            (program / "reports" / f"{report.name}.pdf").unlink(missing_ok=True)
            (program / "reports" / f"{report.name}.json").unlink()
