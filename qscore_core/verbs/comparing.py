"""`compare`: encoders side by side on the same images."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qscore_core.comparison import (
    CompareSettings,
    Comparison,
    Pair,
    compare,
    compare_settings,
    encoder_rows,
    flat,
    image_table,
    most_disagreed,
    neighbourhoods,
    pair_of,
    pairs_of,
    similarity,
    with_view_metrics,
)
from qscore_core.encoder_report import ReportSplits, report_splits
from qscore_core.errors import SettingsError
from qscore_core.pipeline import Epsilon, Subject
from qscore_core.several_views import ViewSettings, view_metrics_of
from qscore_core.verbs._common import Session
from qscore_core.verbs._tables import require_table_name, write_table

LISTED = 10


@dataclass(frozen=True)
class MoreRequest:
    """What `compare` computes only when asked: `neighbours`, and so many `views` of up to `view_images` images."""

    neighbours: bool = False
    views: int = 0
    view_images: int = 1000


@dataclass(frozen=True)
class CompareRequest:
    """The options of `compare`, as typed."""

    encoders: tuple[str, ...]
    dataset: str
    split: str | None
    fit: str | None
    epsilon: Epsilon
    percentile: float
    more: MoreRequest
    out: Path | None
    images_out: Path | None

    def __post_init__(self) -> None:
        for out in filter(None, (self.out, self.images_out)):
            require_table_name(out)


def compare_verb(request: CompareRequest, session: Session) -> dict[str, Any]:
    """One row an encoder, one entry a pair, and the images on whose rank a pair disagrees most."""
    settings = compare_settings(request.epsilon, request.percentile, session.seed)
    if request.dataset.startswith("features:"):
        raise SettingsError(f"`{request.dataset}` comes without an encoder, so there is nothing to compare on it.")
    which = report_splits(request.dataset, session.workspace, request.fit, request.split)
    found = compared(request.encoders, request.dataset, which, settings, session)
    if request.more.views:
        found = _viewed(found, request.more, session)
    near = neighbourhoods(found, session.workspace, session.tell) if request.more.neighbours else None
    rows, pairs = encoder_rows(found), measured_pairs(found, settings, session)
    if request.out:
        write_table(flat(rows), request.out)
    if request.images_out:
        table = image_table(found)
        write_table(table if near is None else table.assign(consistency=near.consistency), request.images_out)
    return {
        "images": found.shared.images,
        "split": which.target,
        "fit": which.fit,
        "missing": {ref: list(ids) for ref, ids in found.shared.missing.items() if ids},
        "rows": rows,
        "pairs": [{**pair.as_dict(), "disagreement": _disagreement(found, pair)} for pair in pairs],
        "neighbourhood_consistency": near
        and {
            "k": near.k,
            "mean": float(near.consistency.mean()),
            "pairs": near.pairs.tolist(),
        },
        "out": str(request.out) if request.out else None,
        "images_out": str(request.images_out) if request.images_out else None,
    }


def compared(
    refs: tuple[str, ...], dataset: str, which: ReportSplits, settings: CompareSettings, session: Session
) -> Comparison:
    """Joined, with a word on what to beware of."""
    subjects = [Subject(ref, dataset, session.device) for ref in refs]
    found = compare(subjects, which, session.workspace, settings, session.tell)
    for member in found.members:
        for finding in member.report.findings:
            session.say(f"Note: {member.ref}: {finding}")
        if missing := found.shared.missing[member.ref]:
            session.say(f"Note: {member.ref} lacks {len(missing):,} images that others have; they are left out of all.")
    return found


def _viewed(found: Comparison, more: MoreRequest, session: Session) -> Comparison:
    """With alignment and LiDAR of every encoder's fit split."""
    settings = ViewSettings(more.views, more.view_images, session.seed)
    return with_view_metrics(
        found, lambda fit: view_metrics_of(fit, session.workspace, settings, session.device, session.tell)
    )


def measured_pairs(found: Comparison, settings: CompareSettings, session: Session) -> list[Pair]:
    """Every two encoders, their similarity computed where it is not stored."""
    how = settings.report.evaluation
    return [
        pair_of(found, a, b, similarity(found, a, b, session.workspace, session.tell), settings.percentile, how)
        for a, b in pairs_of(found)
    ]


def _disagreement(found: Comparison, pair: Pair) -> dict[str, list[str]]:
    """Ids that one encoder ranks far below the other."""
    a, b = found.q(pair.first), found.q(pair.second)
    return {
        "only_first_low": [found.shared.ids[place] for place in most_disagreed(a, b, LISTED)],
        "only_second_low": [found.shared.ids[place] for place in most_disagreed(b, a, LISTED)],
    }
