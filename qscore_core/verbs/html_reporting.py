"""`report`: one encoder, or several side by side, as an HTML file with all tables beside it."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qscore_core.comparison import CompareSettings, Member, compare_settings, member_of, pairs_of, similarity
from qscore_core.datasets import open_dataset
from qscore_core.encoder_report import ReportSplits, report_splits
from qscore_core.errors import SettingsError
from qscore_core.html_report import (
    Document,
    Judged,
    Material,
    Thumbnails,
    comparison_document,
    encoder_document,
    require_report_name,
    write_document,
)
from qscore_core.judging import judgement
from qscore_core.pipeline import Epsilon, Subject
from qscore_core.signals import Evidence
from qscore_core.slices import Slice, find_slice
from qscore_core.verbs._common import Session
from qscore_core.verbs.comparing import compared, measured_pairs
from qscore_core.workspace import digest_of

KIND = "html-reports"


@dataclass(frozen=True)
class HtmlReportRequest:
    """The options of `report`, as typed; without `out` the report lies in the workspace."""

    encoders: tuple[str, ...]
    dataset: str
    split: str | None
    fit: str | None
    epsilon: Epsilon
    percentile: float
    slices: tuple[str, ...]
    out: Path | None

    def __post_init__(self) -> None:
        if self.out:
            require_report_name(self.out)
        if self.dataset.startswith("features:"):
            raise SettingsError(f"A report shows pictures, and `{self.dataset}` is an array brought in.")

    def command(self, which: ReportSplits) -> str:
        """What makes the same report again."""
        words = ["python", "-m", "qscore_core", "report", *self.encoders, "--dataset", self.dataset]
        words += ["--split", which.target, "--fit", which.fit, "--epsilon", str(self.epsilon)]
        words += ["--percentile", f"{self.percentile:g}"]
        return shlex.join([*words, *(word for name in self.slices for word in ("--slice", name))])


def html_report(request: HtmlReportRequest, session: Session) -> dict[str, Any]:
    """Writes the report; computes what is missing first."""
    which = report_splits(request.dataset, session.workspace, request.fit, request.split)
    settings = compare_settings(request.epsilon, request.percentile, session.seed)
    slices = tuple(find_slice(name, request.dataset, which.target, session.workspace) for name in request.slices)
    several = len(request.encoders) > 1
    document = (_of_several if several else _of_one)(request, which, settings, slices, session)
    file = write_document(document, request.out or _place(request, document, slices, session))
    return {
        "file": str(file.absolute()),
        "encoders": list(request.encoders),
        "representations": list(document.representations),
        "slices": [one.digest for one in slices],
        "sections": [section.title for section in document.sections],
        "tables": {name: len(table) for name, table in document.tables.items()},
        "bytes": file.stat().st_size,
    }


def _place(request: HtmlReportRequest, document: Document, slices: tuple[Slice, ...], session: Session) -> Path:
    """In the workspace, by what it was made from and how."""
    identity = {"of": document.representations, "seed": session.seed, "title": document.title}
    identity["slices"] = [one.digest for one in slices]
    name = digest_of({**identity, "epsilon": request.epsilon, "percentile": request.percentile})
    return session.workspace.root / KIND / name / "report.zip"


def _of_one(
    request: HtmlReportRequest,
    which: ReportSplits,
    settings: CompareSettings,
    slices: tuple[Slice, ...],
    session: Session,
) -> Document:
    subject = Subject(request.encoders[0], request.dataset, session.device)
    member: Member = member_of(subject, which, session.workspace, settings, session.tell)
    judged = _judged(member, settings, session)
    thumbnails, command = _thumbnails(request, which, session), request.command(which)
    return encoder_document(member, settings, thumbnails, command, judged, slices)


def _of_several(
    request: HtmlReportRequest,
    which: ReportSplits,
    settings: CompareSettings,
    slices: tuple[Slice, ...],
    session: Session,
) -> Document:
    found = compared(request.encoders, request.dataset, which, settings, session)
    pairs = measured_pairs(found, settings, session)
    similarities = {(a, b): similarity(found, a, b, session.workspace) for a, b in pairs_of(found)}
    judged = {member.ref: _judged(member, settings, session) for member in found.members}
    known = {ref: one for ref, one in judged.items() if one is not None}
    thumbnails = _thumbnails(request, which, session)
    return comparison_document(
        Material(found, tuple(pairs), similarities, settings, thumbnails, request.command(which), known, slices)
    )


def _judged(member: Member, settings: CompareSettings, session: Session) -> Judged | None:
    """Q beside other signals; None where there is nothing to judge by, or all images have the same outcome."""
    if member.outcomes is None or member.report.scores[0].evaluation is None:
        return None
    evidence = Evidence(member.analysis, session.workspace, member.outcomes, on_progress=session.tell)
    return Judged(evidence, judgement(evidence, settings.report.evaluation))


def _thumbnails(request: HtmlReportRequest, which: ReportSplits, session: Session) -> Thumbnails:
    return Thumbnails(open_dataset(request.dataset, which.target, workspace=session.workspace))
