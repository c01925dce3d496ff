"""The section of docs/results.md that sets our numbers beside the paper's."""

from collections.abc import Sequence

from bench.alignment_records import AlignmentRecord
from bench.changes import against_control
from bench.encoder_tables import UNTRAINED
from bench.finetune_tables import EQUATION_3
from bench.markdown import NONE, number, percent, points, table, with_interval
from bench.paper import PAPER
from bench.records import HABITATS, RunRecord
from bench.reproduction_records import ReproductionRecord, Table1
from qscore_core.alignment import CORRECT, MISCLASSIFIED
from qscore_core.compression import CompressionPoint

CUT = 0.4  # of the features, as in figure 2
Records = Sequence[ReproductionRecord]


def trained(records: Records) -> list[ReproductionRecord]:
    return [record for record in records if record.name != UNTRAINED]


def scores_table(records: Records) -> str:
    head = [
        *("encoder", "epsilon", "empty", "top-1", "AUROC (95 %)", "AUPRC correct (95 %)", "above top-1"),
        *("paper: top-1", "AUROC", "AUPRC", "above top-1"),
    ]
    return table(head, [_score_row(record, one) for record in records for one in record.table1])


def _score_row(record: ReproductionRecord, one: Table1) -> list[str]:
    judged, paper = one.judged, PAPER.get(record.method)
    theirs = [NONE] * 4
    if paper is not None and record.name != UNTRAINED:
        theirs = [f"{paper.top1:.1f} %", f"{paper.auroc / 100:.3f}", f"{paper.auprc / 100:.3f}"]
        theirs.append(f"{(paper.auprc - paper.top1) / 100:+.3f}")
    return [
        *(record.name, f"{one.epsilon:g}", percent(one.empty, 0), percent(judged.accuracy)),
        with_interval(judged.auroc, judged.auroc_ci),
        *(with_interval(judged.auprc_correct, judged.auprc_correct_ci), f"{judged.lift_correct:+.3f}"),
        *theirs,
    ]


def scores_verdict(records: Records) -> str:
    """At the automatic epsilon, of trained encoders."""
    ends = [record.table1[0].judged.auroc_ci for record in trained(records)]
    above, below = sum(low > 0.5 for low, _ in ends), sum(high < 0.5 for _, high in ends)
    lowest, highest = (find(paper.auroc for paper in PAPER.values()) / 100 for find in (min, max))
    return (
        f"The paper's AUROC lies between {lowest:.2f} and {highest:.2f}. Here, at the automatic epsilon, the interval "
        f"lies above 0.5 for {above} of {len(ends)} trained encoders and below it for {below}."
    )


def nearest(curve: Sequence[CompressionPoint], removed: float) -> CompressionPoint:
    """The point whose share of removed features is closest."""
    return min(curve, key=lambda point: abs(point.share_removed - removed))


def curve_table(records: Records) -> str:
    head = [
        *("encoder", "all features", "removed", "middle of A", "random, mean (range)", "PCA"),
        "paper, ResNet-50: all, 40 % removed",
    ]
    rows = []
    for record in records:
        whole, point, paper = nearest(record.curve, 0), nearest(record.curve, CUT), PAPER.get(record.method)
        reach = f"{100 * point.random_top1_min:.1f} to {100 * point.random_top1_max:.1f}"
        theirs = paper is not None and record.name != UNTRAINED
        rows.append(
            [
                *(record.name, percent(whole.top1), percent(point.share_removed, 0), percent(point.top1)),
                *(f"{percent(point.random_top1_mean)} ({reach})", percent(point.pca_top1)),
                f"{paper.whole:g} %, {paper.cut:g} %" if theirs else NONE,  # type: ignore[union-attr]
            ]
        )
    return table(head, rows)


def curve_verdict(records: Records) -> str:
    found = [(nearest(record.curve, 0), nearest(record.curve, CUT)) for record in trained(records)]
    over_mean = sum(point.top1 > point.random_top1_mean for _, point in found)
    over_all = sum(point.top1 > point.random_top1_max for _, point in found)
    under_pca = sum(point.pca_top1 > point.top1 for _, point in found)
    most = max(whole.top1 - point.top1 for whole, point in found)
    return (
        f"In the paper 40 % of the features can go at a loss of 1 to 3 points, and random ones lose 2 to 5 more. Here "
        f"the middle of A loses at most {100 * most:.1f} points; it beats the mean of four random subsets for "
        f"{over_mean} of {len(found)} trained encoders and all four for {over_all}. PCA to the same size, whose "
        f"directions are no features, does better than the middle for {under_pca}."
    )


def means_table(records: Records) -> str:
    head = [
        *("encoder", "classes", "cosine of a class's two means", "between classes, correct", "mis-classified"),
        *("firing in a correct image", "in a mis-classified one", "difference (95 %)"),
    ]
    rows = []
    for record in records:
        means = record.means
        gap, (low, high) = means.firing_correct - means.firing_wrong, means.firing_ci
        rows.append(
            [
                *(record.name, f"{means.classes} of {record.classes}", number(means.alike)),
                *(number(means.between_correct), number(means.between_wrong)),
                *(number(means.firing_correct, 2), number(means.firing_wrong, 2)),
                f"{gap:+.2f} ({low:+.2f} to {high:+.2f})",
            ]
        )
    return table(head, rows)


def means_verdict(records: Records) -> str:
    found = [record.means for record in trained(records)]
    known = [one for one in found if one.between_correct is not None and one.between_wrong is not None]
    apart = sum(one.between_correct < one.between_wrong for one in known)
    more, fewer = sum(one.firing_ci[0] > 0 for one in found), sum(one.firing_ci[1] < 0 for one in found)
    return (
        "The paper shows strong features in the mean of a class's correct images and none so clear in that of the "
        f"mis-classified ones. Here class means of correct images lie further apart than those of mis-classified ones "
        f"for {apart} of {len(known)} trained encoders. More discriminative features fire in correct images for {more} "
        f"of {len(found)}, fewer for {fewer} (the interval leaves out 0)."
    )


def regularised_table(runs: Sequence[RunRecord]) -> str:
    """Equation 3 as printed, against the control of the same pictures, seed and recipe."""
    rows = []
    kinds = {(run.pictures, run.recipe, run.method) for run in runs if run.arm == EQUATION_3}
    for pictures, recipe, method in sorted(kinds, key=lambda kind: (kind[0] != HABITATS, kind)):
        peers = [run for run in runs if (run.pictures, run.recipe, run.method) == (pictures, recipe, method)]
        own, paper = [run for run in peers if run.arm == EQUATION_3], PAPER.get(method)
        theirs = NONE if paper is None else f"{paper.top1:.1f} to {paper.after:.1f}: {paper.after - paper.top1:+.1f}"
        change = points(against_control(own, peers, lambda state: state.top1))
        rows.append([method, pictures, recipe, str(len(own)), change, theirs])
    head = ["method", "pictures", "recipe", "seeds", "top-1 against control, points", "paper: without, with"]
    return table(head, rows)


def overlap_table(records: Sequence[AlignmentRecord]) -> str:
    head = [
        *("encoder", "core, correct", "core, mis-classified", "spurious, correct", "spurious, mis-classified"),
        "paper, core: correct, mis-classified",
    ]
    rows = []
    for record in records:
        means = [_mean(record, group, kind) for kind in ("core", "spurious") for group in (CORRECT, MISCLASSIFIED)]
        paper = PAPER.get(record.name)
        theirs = NONE if paper is None else f"{paper.core[0]:g}, {paper.core[1]:g}"
        rows.append([record.name, *map(number, means), theirs])
    return table(head, rows)


def overlap_verdict(records: Sequence[AlignmentRecord]) -> str:
    found = [record for record in records if record.name != UNTRAINED]
    core = [[_mean(record, group, "core") for group in (CORRECT, MISCLASSIFIED)] for record in found]
    spurious = [_mean(record, CORRECT, "spurious") for record in found]
    right = sum(a is not None and b is not None and a > b for a, b in core)
    more = sum(a is not None and s is not None and a > s for (a, _), s in zip(core, spurious, strict=True))
    return (
        "In the paper core overlap is larger in correct images for every method, and larger than spurious overlap. "
        f"Here it is larger in correct images for {right} of {len(found)} trained encoders, and larger there than "
        f"spurious overlap for {more}. Which differences can be told from chance stands in the section on overlap."
    )


def _mean(record: AlignmentRecord, group: str, kind: str) -> float | None:
    return record.row(group, kind, "heat_iou")["mean"]
