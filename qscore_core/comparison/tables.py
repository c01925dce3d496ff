"""A comparison as tables: one row a measure, an encoder, an image or a pair."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from qscore_core.comparison.pairs import Pair
from qscore_core.comparison.quadrants import OUTCOME_QUADRANTS, Q_QUADRANTS, outcome_quadrants, q_quadrants
from qscore_core.comparison.ranks import rank_percent
from qscore_core.comparison.together import short_names, who_errs
from qscore_core.comparison.values import Comparison, Member
from qscore_core.encoder_report import EncoderReport
from qscore_core.evaluation import SignalEvaluation
from qscore_core.measures import (
    Measure,
    Measured,
    MeasureTable,
    empty_share,
    mean_q,
    of_accuracy,
    of_evaluation,
    of_heat,
    of_metrics,
    of_score,
    tabulate,
)

OWN = ("id", "path", "label", "split")


def measure_table(comparison: Comparison) -> MeasureTable:
    """Probe, Q's evaluation, how Q was taken, heat inside masks, all model metrics: one column an encoder."""
    return _measured(comparison.members)


def single_table(member: Member) -> MeasureTable:
    """The same of one encoder."""
    return _measured((member,))


def _measured(members: tuple[Member, ...]) -> MeasureTable:
    example = members[0].report
    asked = example.scores[0].asked
    measures = [
        *map(of_accuracy, example.accuracies),
        *of_evaluation(asked),
        *_chance(asked),
        of_score(
            "ε", "Standard deviations above the mean, at which Q was taken.", "setting", lambda s: s.epsilon, asked
        ),
        of_score("Discriminative features", "|D|, found on the fit split.", "whole", lambda s: s.discriminative, asked),
        of_score(
            "Highly active", "Features above ε in an image, on average: |L|.", "count", lambda s: s.mean_active, asked
        ),
        empty_share(asked),
        mean_q(asked),
        *of_heat(),
        *of_metrics(),
    ]
    return tabulate(measures, {member.ref: member.report for member in members})


def _chance(asked: str) -> Iterator[Measure]:
    """What AUPRC is without any knowledge."""
    yield _chance_of("correct", lambda judged: judged.accuracy, asked)
    yield _chance_of("mis-classified", lambda judged: 1 - judged.accuracy, asked)


def _chance_of(positive: str, get: Callable[[SignalEvaluation], float], asked: str) -> Measure:
    def measured(report: EncoderReport) -> Measured | None:
        score = report.score(asked)
        return Measured(get(score.evaluation)) if score and score.evaluation else None

    said = f"AUPRC of a signal that knows nothing: the share of {positive} images. For AUROC it is 0.5."
    return Measure(f"Chance of AUPRC, {positive}", said, "score", measured)


def encoder_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """One flat row an encoder: what it is, its numbers, `_low` and `_high` beside those with an interval."""
    return [_row(member, comparison) for member in comparison.members]


def _row(member: Member, comparison: Comparison) -> dict[str, Any]:
    report, score = member.report, member.report.scores[0]
    top1 = report.accuracies[0] if report.accuracies else None
    judged = score.evaluation
    row: dict[str, Any] = {
        "encoder": member.ref,
        "method": report.method,
        "arch": report.arch,
        "dim": report.dim,
        "images": report.images,
        "missing": len(comparison.shared.missing[member.ref]),
        "top1": top1 and top1.top1,
        "top1_ci": top1 and [top1.low, top1.high],
        "epsilon": score.epsilon,
        "discriminative": score.discriminative,
        "empty_share": score.empty_share,
        "mean_active": score.mean_active,
        "mean_q": score.mean_q,
        "suits": score.suits,
    }
    for name in ("auroc", "auprc_correct", "auprc_error"):
        row |= {name: judged and getattr(judged, name), f"{name}_ci": judged and getattr(judged, f"{name}_ci")}
    row |= {"chance_correct": judged and judged.accuracy, "chance_error": judged and 1 - judged.accuracy}
    heat = {kind: report.heat and getattr(report.heat, kind) for kind in ("core", "spurious")}
    shares = {f"heat_{kind}": share and share.share for kind, share in heat.items()}
    chances = {f"heat_{kind}_chance": share and share.chance for kind, share in heat.items()}
    return {**row, **report.metrics, **shares, **chances}


def image_table(comparison: Comparison) -> pd.DataFrame:
    """One row a shared image: the data set's columns, then `q`, its rank in percent and the probe's answer of each."""
    table = comparison.attributes().assign(class_name=comparison.class_names())
    for ref in comparison.refs:
        table[f"q {ref}"] = comparison.q(ref)
        table[f"rank {ref}"] = rank_percent(comparison.q(ref))
        if comparison.judged:
            table[f"predicted {ref}"] = comparison.predicted(ref)
            table[f"correct {ref}"] = comparison.correct(ref)
    return table.assign(of_all=errors_of_all(comparison)) if comparison.judged else table


def pair_table(comparison: Comparison, pair: Pair) -> pd.DataFrame:
    """One row a shared image: Q, ranks and answers of A and B, the quadrants it lies in, who of all encoders errs."""
    a, b = comparison.q(pair.first), comparison.q(pair.second)
    names = np.array(Q_QUADRANTS, dtype=object)
    table = comparison.attributes()[list(OWN)].assign(
        class_name=comparison.class_names(),
        q_a=a,
        q_b=b,
        rank_a=rank_percent(a),
        rank_b=rank_percent(b),
        q_quadrant=names[q_quadrants(a, b, pair.thresholds)],
    )
    if not comparison.judged:
        return table
    right = comparison.correct(pair.first), comparison.correct(pair.second)
    return table.assign(
        predicted_a=comparison.predicted(pair.first),
        predicted_b=comparison.predicted(pair.second),
        outcome=np.array(OUTCOME_QUADRANTS, dtype=object)[outcome_quadrants(*right)],
        of_all=errors_of_all(comparison),
    )


def errors_of_all(comparison: Comparison) -> np.ndarray:
    """Who of all compared encoders errs on each shared image: one of `groups(short_names(refs))`, object [image]."""
    names = short_names(comparison.refs)
    return who_errs({name: comparison.correct(ref) for name, ref in zip(names, comparison.refs, strict=True)})


def flat(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows for a file: an interval `name_ci` becomes `name_low` and `name_high`."""
    table = pd.DataFrame(rows)
    for name in [column for column in table if column.endswith("_ci")]:
        ends = [value or (None, None) for value in table[name]]
        place = table.columns.get_loc(name)
        table = table.drop(columns=name)
        for step, end in enumerate(("low", "high")):
            table.insert(place + step, f"{name[:-3]}_{end}", [pair[step] for pair in ends])
    return table
