"""`align`: how far the discriminative features' heat lies on the core and on the spurious parts of the pictures."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qscore_core.alignment import (
    Alignment,
    AlignmentSettings,
    Summary,
    align,
    by_class,
    by_outcome,
    feature_table,
    image_table,
    metric_named,
    summarise,
    sweep_table,
)
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
    """The options of `align`, as typed; `score` holds those that it shares with `score`, `out` among them."""

    score: ScoreRequest
    settings: AlignmentSettings
    metric: str
    train: str
    features_out: Path | None
    sweep_out: Path | None

    def __post_init__(self) -> None:
        metric_named(self.metric)
        for out in filter(None, (self.score.out, self.features_out, self.sweep_out)):
            require_table_name(out)


def align_verb(request: AlignRequest, session: Session) -> dict[str, Any]:
    """Overlaps overall, by outcome and by class for one metric, and all metrics overall."""
    material, how = Material(request.score, session), EvaluationSettings(seed=session.seed)
    encoder, dataset = material.encoder, material.dataset
    workers = ExtractSettings().worker_count
    found = align(encoder, dataset, material.analysis, session.workspace, request.settings, workers, session.tell)
    _tell(found, session)
    overall, correct = summarise(found, how=how), _correct(request, material)
    outcomes = {} if correct is None else by_outcome(found, correct, how)
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
        "out": _written(image_table(found), request.score.out),
        "features_out": _written(feature_table(found, request.metric, how), request.features_out),
        "sweep_out": _written(sweep_table(found, how=how), request.sweep_out),
    }


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


def _correct(request: AlignRequest, material: Material) -> np.ndarray | None:
    """Whether the linear probe is right, for each image of the scored split; None where it cannot be asked."""
    session, target = material.session, material.analysis.target
    known = splits(request.score.dataset, session.workspace)
    if not target.labelled or request.train not in known or request.train == target.split:
        session.say(f"Note: no outcomes; they need labels and a split `{request.train}` besides the one looked at.")
        return None
    train = stored(session, request.score.encoder, request.score.dataset, request.train)
    probe = probe_of(train, ProbeSettings(seed=session.seed), session.workspace, session.tell)
    return outcomes_of(probe, target, train.classes).correct


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
