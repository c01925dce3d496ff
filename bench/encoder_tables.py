"""The tables of docs/results.md on the built-in encoders."""

from collections.abc import Sequence

from bench.markdown import NONE, number, percent, table, with_interval
from bench.records import SWAPPED, EncoderRecord
from qscore_core.alignment import MaskShare
from qscore_core.encoder_report import PARTS, WHOLE, EncoderReport, ScoreReport

UNTRAINED = "untrained"
AUTO = "auto"


def ordered(records: Sequence[EncoderRecord]) -> list[EncoderRecord]:
    """The untrained one first, for comparison."""
    return sorted(records, key=lambda record: (record.name != UNTRAINED, record.name))


def probe_table(records: Sequence[EncoderRecord]) -> str:
    head = ["encoder", "top-1 (95 %)", "habitat fits", "does not", "swapped", "spread", "zeros", "RankMe"]
    rows = []
    for record in ordered(records):
        report, metrics = record.report, record.report.metrics
        rows.append(
            [
                record.name,
                _top1(report, report.split, interval=True),
                _top1(report, report.split, PARTS[True]),
                _top1(report, report.split, PARTS[False]),
                _top1(report, SWAPPED),
                number(metrics["spread"], 2),
                percent(metrics["zeros"]),
                number(metrics["rankme"], 1),
            ]
        )
    return table(head, rows)


def _top1(report: EncoderReport, split: str, part: str = WHOLE, *, interval: bool = False) -> str:
    found = report.accuracy(split, part)
    if found is None:
        return NONE
    ends = f" ({100 * found.low:.1f} to {100 * found.high:.1f})" if interval else ""
    return percent(found.top1) + ends


def score_table(records: Sequence[EncoderRecord]) -> str:
    head = [
        *("encoder", "epsilon", "mean size of L", "empty", "features in D", "mean Q", "AUROC (95 %)"),
        *("AUPRC correct (95 %)", "chance", "AUPRC mistakes (95 %)", "chance"),
    ]
    rows = [_score_row(record.name, score) for record in ordered(records) for score in record.report.scores]
    return table(head, rows)


def _score_row(name: str, score: ScoreReport) -> list[str]:
    asked = f"auto: {score.epsilon:g}" if score.asked == AUTO else score.asked
    shape = [number(score.mean_active, 1), percent(score.empty_share, 0), str(score.discriminative)]
    judged = score.evaluation
    if judged is None:
        return [name, asked, *shape, number(score.mean_q), *[NONE] * 5]
    return [
        *(name, asked, *shape, number(score.mean_q), with_interval(judged.auroc, judged.auroc_ci)),
        *(with_interval(judged.auprc_correct, judged.auprc_correct_ci), number(judged.accuracy)),
        *(with_interval(judged.auprc_error, judged.auprc_error_ci), number(1 - judged.accuracy)),
    ]


def heat_table(records: Sequence[EncoderRecord]) -> str:
    head = [
        "encoder",
        "pictures",
        "without heat",
        "in core masks",
        "chance",
        "lead",
        "in spurious masks",
        "chance",
        "lead",
    ]
    rows = []
    for record in ordered(records):
        heat = record.report.heat
        if heat is not None:
            counts = [str(heat.images), str(heat.empty)]
            rows.append([record.name, *counts, *_mask_cells(heat.core), *_mask_cells(heat.spurious)])
    return table(head, rows)


def _mask_cells(found: MaskShare | None) -> list[str]:
    if found is None:
        return [NONE] * 3
    ends = "" if found.lead_ci is None else f" ({100 * found.lead_ci[0]:+.1f} to {100 * found.lead_ci[1]:+.1f})"
    return [percent(found.share), percent(found.chance), f"{100 * found.lead:+.1f}{ends}"]


def auroc_verdict(records: Sequence[EncoderRecord]) -> str:
    """How many of the trained encoders' intervals at `auto` leave out one half, in a sentence."""
    found = [record.report.score(AUTO) for record in records if record.name != UNTRAINED]
    ends = [score.evaluation.auroc_ci for score in found if score is not None and score.evaluation is not None]
    above, below = sum(low > 0.5 for low, _ in ends), sum(high < 0.5 for _, high in ends)
    return (
        f"At the automatic epsilon the interval of AUROC lies above 0.5 for {above} of {len(ends)} trained encoders "
        f"and below it for {below}; for the others no relation between Q and the probe's mistakes can be told."
    )
