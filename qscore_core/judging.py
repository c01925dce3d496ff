"""Does a low score mean a mistake? Everything that is asked of Q-Score and its rivals, as one document that is kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from qscore_core.errors import RepresentationError
from qscore_core.evaluation import (
    EvaluationSettings,
    SignalEvaluation,
    accuracy_by_decile,
    cross_fitted,
    evaluate_by_class,
    evaluate_signal,
    evaluate_together,
    risk_coverage,
)
from qscore_core.progress import Meter
from qscore_core.signals import Evidence, offered, signal_values
from qscore_core.sweep import sweep
from qscore_core.workspace import MANIFEST, digest_of, is_whole, read_json, write_json

FORMAT = 1
KIND = "evaluations"
REPORT = "evaluation.json"
REFERENCE = "q_score"
CEILING = "ceiling"
POINTS = 20  # of a risk-coverage curve

Document = dict[str, Any]


def judgement(evidence: Evidence, settings: EvaluationSettings) -> Document:
    """The document, made once and kept. Raises RepresentationError where the probe makes no mistake, or only mistakes.

    `signals` and `differences` (paired, against Q-Score), `risk_coverage` by signal, `deciles` and `classes` of
    Q-Score, `ceiling` (all label-free signals combined knowing the outcomes), `surface` over Q's settings.
    """
    identity = _identity(evidence, settings)
    folder = evidence.workspace.artefact(KIND, digest_of(identity))
    with evidence.workspace.lock(folder, wait_seconds=3600):
        if not is_whole(folder):
            write_json(folder / REPORT, _judged(evidence, settings))
            write_json(folder / MANIFEST, identity)
    return read_json(folder / REPORT)


def stored_judgement(evidence: Evidence, settings: EvaluationSettings) -> Document | None:
    """The document if it was made before; computes nothing."""
    folder = evidence.workspace.root / KIND / digest_of(_identity(evidence, settings))
    return read_json(folder / REPORT) if is_whole(folder) else None


def _judged(evidence: Evidence, settings: EvaluationSettings) -> Document:
    meter = Meter("judging signals", 5, evidence.on_progress)
    values, correct = signal_values(evidence), evidence.judged.correct
    meter.update(1)
    together = evaluate_together(values, correct, REFERENCE, settings)
    meter.update(2)
    curves = {key: risk_coverage(scores, correct, settings, POINTS).as_dict() for key, scores in values.items()}
    meter.update(3)
    q, names = values[REFERENCE], evidence.target.class_names()
    classes = evaluate_by_class(q, correct, names, settings)
    ceiling = _ceiling(evidence, values, settings)
    meter.update(4)
    document = {
        "signals": [found.as_dict() for found in together.signals],
        "differences": [found.as_dict() for found in together.differences],
        "risk_coverage": curves,
        "deciles": [found.as_dict() for found in accuracy_by_decile(q, correct)],
        "classes": [found.as_dict() for found in classes],
        "ceiling": ceiling.as_dict() if ceiling else None,
        "surface": sweep(evidence.analysis, correct, settings.seed).as_dict(),
    }
    meter.update(5)
    return document


def _ceiling(
    evidence: Evidence, values: Mapping[str, np.ndarray], settings: EvaluationSettings
) -> SignalEvaluation | None:
    """None where there are too few images of an outcome."""
    free = [values[signal.key] for signal in offered(evidence) if not signal.uses_labels]
    correct = evidence.judged.correct
    try:
        return evaluate_signal(CEILING, cross_fitted(np.stack(free, axis=1), correct, settings.seed), correct, settings)
    except RepresentationError:
        return None


def _identity(evidence: Evidence, settings: EvaluationSettings) -> dict[str, Any]:
    analysis = evidence.analysis
    return {
        "format": FORMAT,
        "target": analysis.target.digest,
        "fit": analysis.fit.digest,
        "scores": asdict(analysis.settings),
        "outcomes": hashlib.sha256(
            evidence.judged.confidence.tobytes() + evidence.judged.correct.tobytes()
        ).hexdigest(),
        "signals": [signal.key for signal in offered(evidence)],
        "densities": asdict(evidence.densities_by),
        "others": [_hashed(table.index) for table in evidence.others],
        "settings": asdict(settings),
        **({"views": asdict(evidence.views.settings)} if evidence.views else {}),
    }


def _hashed(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def tables(document: Document, evidence: Evidence) -> dict[str, pd.DataFrame]:
    """The document as tables by name, and `images`: every signal of every image beside its outcome."""
    surface = document["surface"]
    grid = [
        {"epsilon": epsilon, "lower": lower, "upper": surface["upper"], "auroc": auroc, "empty": empty}
        for epsilon, heights, shares in zip(surface["epsilons"], surface["auroc"], surface["empty"], strict=True)
        for lower, auroc, empty in zip(surface["lowers"], heights, shares, strict=True)
    ]
    curves = [
        {"signal": key, "coverage": at, "risk": risk, "low": low, "high": high}
        for key, curve in document["risk_coverage"].items()
        for at, risk, low, high in zip(*(curve[name] for name in ("coverage", "risk", "low", "high")), strict=True)
    ]
    images = evidence.target.table[["id", "label"]].assign(correct=evidence.judged.correct)
    return {
        "signals": signal_table(document, evidence),
        "risk_coverage": pd.DataFrame(curves),
        "deciles": pd.DataFrame(document["deciles"]),
        "classes": _flat(document["classes"]),
        "surface": pd.DataFrame(grid),
        "images": images.assign(**signal_values(evidence)),
    }


def signal_table(document: Document, evidence: Evidence) -> pd.DataFrame:
    """One row a signal, highest AUROC first: its numbers, its area under the risk-coverage curve, and Q beside it."""
    differences = {entry["name"]: entry for entry in document["differences"]}
    known = {signal.key: signal for signal in offered(evidence)}
    rows = []
    for entry in document["signals"]:
        key, against = entry["name"], differences.get(entry["name"])
        curve = document["risk_coverage"][key]
        rows.append(
            {
                **{"key": key, "signal": known[key].name, "meaning": known[key].meaning, "source": known[key].source},
                **{name: value for name, value in entry.items() if name not in ("name", "lift")},
                **{"aurc": curve["aurc"], "aurc_ci": curve["aurc_ci"]},
                "less_q": against["difference"] if against else None,
                "less_q_ci": against["ci"] if against else None,
                "beside_q": against["verdict"] if against else "",
            }
        )
    return _flat(rows).sort_values("auroc", ascending=False, ignore_index=True)


def _flat(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Intervals as two columns, `_low` and `_high`."""
    found = pd.DataFrame(rows)
    for name in [column for column in found if column.endswith("_ci")]:
        ends = found.pop(name)
        for place, end in enumerate(("low", "high")):
            values = [None if ci is None else ci[place] for ci in ends]
            found[f"{name.removesuffix('_ci')}_{end}"] = pd.array(values, dtype="Float64")
    return found
