"""`align`: how far the discriminative features' heat lies on the core and on the spurious parts of the pictures."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from qscore_core.alignment import (
    Alignment,
    AlignmentSettings,
    Judged,
    Summary,
    align,
    by_class,
    by_outcome,
    change_table,
    changes,
    feature_table,
    image_table,
    metric_named,
    summarise,
    sweep_table,
)
from qscore_core.errors import DatasetError
from qscore_core.evaluation import EvaluationSettings
from qscore_core.extraction import ExtractSettings
from qscore_core.pipeline import outcomes_of, probe_of, splits
from qscore_core.probe import ProbeSettings
from qscore_core.verbs._common import Session
from qscore_core.verbs._material import Material
from qscore_core.verbs._stored import stored
from qscore_core.verbs._tables import require_table_name, write_table
from qscore_core.verbs.scoring import ScoreRequest


@dataclass(frozen=True)
class AlignRequest:
    """The options of `align`, as typed; `score` holds those that it shares with `score`, `out` among them.

    `after` is another encoder that is looked at as what became of the first.
    """

    score: ScoreRequest
    settings: AlignmentSettings
    metric: str
    train: str
    features_out: Path | None
    sweep_out: Path | None
    after: str | None = None
    changes_out: Path | None = None

    def __post_init__(self) -> None:
        metric_named(self.metric)
        for out in filter(None, (self.score.out, self.features_out, self.sweep_out, self.changes_out)):
            require_table_name(out)


def align_verb(request: AlignRequest, session: Session) -> dict[str, Any]:
    """Overlaps overall, by outcome and by class for one metric, all metrics overall, and what changed after."""
    how = EvaluationSettings(seed=session.seed)
    found, judged = _aligned(request, session)
    overall, outcomes = summarise(found, how=how), {} if judged is None else by_outcome(found, judged.correct, how)
    return {
        "images": found.images,
        "split": found.split,
        "epsilon": found.epsilon,
        "discriminative": len(found.features),
        "metric": request.metric,
        "thresholds": asdict(request.settings.thresholds),
        **_of_metric(overall, request.metric),
        "outcomes": [{"outcome": name, **_flat(summary, request.metric)} for name, summary in outcomes.items()],
        "classes": [{"class": name, **_flat(of, request.metric)} for name, of in by_class(found, how).items()],
        "metrics": {kind: {key: asdict(one) for key, one in of.metrics.items()} for kind, of in overall.items()},
        **({} if request.after is None else _changed(request, judged, session)),
        "out": _written(image_table(found), request.score.out),
        "features_out": _written(feature_table(found, request.metric, how), request.features_out),
        "sweep_out": _written(sweep_table(found, how=how), request.sweep_out),
    }


def _aligned(request: AlignRequest, session: Session) -> tuple[Alignment, Judged | None]:
    """The alignment of the request's encoder, and with outcomes where the probe can be asked."""
    material, workers = Material(request.score, session), ExtractSettings().worker_count
    encoder, dataset, analysis = material.encoder, material.dataset, material.analysis
    found = align(encoder, dataset, analysis, session.workspace, request.settings, workers, session.tell)
    _tell(found, session)
    return found, _judged(found, request, material)


def _changed(request: AlignRequest, before: Judged | None, session: Session) -> dict[str, Any]:
    """Outcomes and overlaps of the encoder named as `after` beside the first's."""
    _, after = _aligned(replace(request, score=replace(request.score, encoder=request.after)), session)
    if before is None or after is None:
        raise DatasetError(
            f"What changed between two encoders is told by their probes' outcomes. `{request.score.dataset}` has none: "
            f"they need labels and a split `{request.train}` besides the one looked at."
        )
    table = changes(before, after, request.metric)
    rows = change_table(table, EvaluationSettings(seed=session.seed)).to_dict("records")
    return {"after": request.after, "changes": rows, "changes_out": _written(table, request.changes_out)}


def _of_metric(summary: Summary, metric: str) -> dict[str, Any]:
    return {
        kind: {
            **asdict(of_kind.metrics[metric]),
            "without_heat": of_kind.without_heat,
            "without_mask": of_kind.without_mask,
        }
        for kind, of_kind in summary.items()
    }


def _flat(summary: Summary, metric: str) -> dict[str, Any]:
    """In one line a group: `core, core_ci, core_images, spurious, ...`."""
    flat: dict[str, Any] = {}
    for kind, of_kind in summary.items():
        found = of_kind.metrics[metric]
        flat |= {kind: found.mean, f"{kind}_ci": found.ci, f"{kind}_chance": found.chance}
        flat |= {f"{kind}_shuffled": found.shuffled, f"{kind}_images": found.images}
    return flat


def _judged(found: Alignment, request: AlignRequest, material: Material) -> Judged | None:
    """With the answers of the linear probe; None where it cannot be asked."""
    session, analysis = material.session, material.analysis
    target, known = analysis.target, splits(request.score.dataset, material.session.workspace)
    if not target.labelled or request.train not in known or request.train == target.split:
        session.say(f"Note: no outcomes; they need labels and a split `{request.train}` besides the one looked at.")
        return None
    train = stored(session, material.request.encoder, request.score.dataset, request.train)
    probe = probe_of(train, ProbeSettings(seed=session.seed), session.workspace, session.tell)
    return Judged(found, analysis.scores.q, outcomes_of(probe, target, train.classes), train.classes)


def _tell(found: Alignment, session: Session) -> None:
    cold = int((~found.measured.heat).sum())
    if cold:
        session.say(f"Note: {cold:,} of {found.images:,} images have no heat: no discriminative feature fires in them.")
    if found.failures:
        session.say(f"Note: {len(found.failures):,} masks or images could not be read. The first: {found.failures[0]}")


def _written(table: pd.DataFrame, out: Path | None) -> str | None:
    if out is None:
        return None
    write_table(table, out)
    return str(out)
