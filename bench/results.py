"""`python -m bench.results` prints docs/results.md from the committed records; `--write FILE` puts it there.

Nothing is trained or measured here: `bench.record_encoder`, `bench.record_alignment` and `bench.record_finetune` made
the records.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import alignment_tables, encoder_tables, finetune_tables, paper_section
from bench.alignment_records import AlignmentRecord, read_alignments
from bench.records import (
    FOLDER,
    HABITATS,
    Candidate,
    EncoderRecord,
    RunRecord,
    read_candidates,
    read_encoders,
    read_runs,
)
from bench.reproduction_records import ReproductionRecord, read_reproductions
from bench.tuned_table import tuned_table
from qscore_core.training.arms import MEANINGS
from qscore_core.workspace import write_atomic

INTRODUCTION = """# Results

What the built-in encoders are like on Habitats, and what fine-tuning with the Q-Score regulariser (equation 3 of arXiv
2203.01881) changes. This page is written by `python -m bench.results --write docs/results.md` from the records in
`docs/records/`; whatever came out stands here. All encoders are small (512 features) and trained for minutes on CPUs:
nothing here confirms or refutes the paper's results at its scale."""

PROBE = """## The built-in encoders

Linear probe on frozen representations, fitted on the train split; Wilson intervals over the {images:,} test pictures.
"Habitat fits" are those in which the habitat goes with the class, "does not" the others; in `swapped` it never does.
Of the train split: spread, near 1 for a healthy encoder and 0 for a collapsed one; the share of exact zeros; RankMe,
the number of directions in use (of {dim}; made to compare runs of one method, not methods).

{table}"""

SCORES = """## Does Q-Score predict the probe's mistakes?

D is found on the train split, Q taken on the test split. "Empty" is the share of images without a highly active
discriminative feature; their Q is 0 and counts. The paper uses epsilon 4, which presumes sparser representations;
`auto` is the epsilon at which 3 % of the features are highly active on average, chosen without labels, and what the app
opens these encoders with. Chance is 0.5 for AUROC and stands beside AUPRC. Intervals: 95 %, bootstrap over images.

{verdict}

{table}"""

HEAT = """## Where the discriminative features look

Share of the discriminative features' heat (at `auto`, first {images} test pictures) that lies inside the core and the
spurious masks; chance is the masks' share of the picture; lead is the difference in percentage points with its 95 % t
interval over pictures. "Without heat" are pictures in which no discriminative feature is highly active.

{table}"""

OVERLAP = """## Core and spurious overlap, correct and mis-classified

The paper's mIoU (section 5): of all heat in the hot area or in the mask, the share in both, averaged over the
{images:,} test pictures (D at `auto`). Its thresholds are not stated there; here hot is what reaches {heat:g} of a
map's maximum. Chance is what a map gets that is equally hot everywhere; "other masks" is the same heat against the
masks of other pictures, so that what lies above it is owed to this picture and not to where masks usually are.
Intervals: 95 %, bootstrap over pictures; pictures without heat or without such a mask are left out.

{verdict}

{table}

Correct minus mis-classified; bold: the interval leaves out 0.

{gaps}

### At other thresholds of heat

The same mean; at 0 it is the share of the heat inside the mask.

{sweep}

### Without a threshold: AUC

How well heat tells the pixels of the mask from the others; chance is 0.5.

{auc}"""

CHANGES = """## Fine-tuning, recipe `{recipe}`

Each arm continues the encoder's own objective. Within a seed, data order, views and steps are the same, and arms differ
in nothing but the regulariser:

{arms}

Changes of top-1 are in percentage points. "Against control" pairs runs of the same seed; in brackets the 95 % t
interval over the pairs, which is wide for three (t = 4.30). "All methods" is the mean of the methods' mean changes,
with a t interval over methods. Bold: the interval leaves out 0. Mean Q and AUROC hold at the regulariser's epsilon.

{verdict}

{changes}

### What it does to the representations

Means over the seeds. The paper, too, sees AUROC fall after fine-tuning: correct and mis-classified images both gain Q.

{states}

### Which term does the work

Weighted terms in the last epoch beside the SSL loss, and the norm of each one's gradient on the representations as a
share of the SSL loss's. A term whose gradient is a thousandth of the loss's can hardly have done what the tables show.

{terms}"""

CHOICE = """## How the arm `tuned` was chosen

Fine-tuning by `quick` with weights relative to the SSL loss's gradient (0.1: a term pulls a tenth as hard at the first
step). A probe was fitted on three quarters of the train split and judged on the last quarter; the test split was not
looked at. The best by the mean lead over control, in percentage points, is `tuned`. One seed and 1,000 pictures a
method: leads below a percentage point are within chance.

{table}"""

NO_RUNS = "## Fine-tuning\n\nNo fine-tuning run has been recorded yet."


def page(
    encoders: Sequence[EncoderRecord],
    alignments: Sequence[AlignmentRecord],
    runs: Sequence[RunRecord],
    candidates: Sequence[Candidate],
    reproductions: Sequence[ReproductionRecord] = (),
) -> str:
    parts = [
        *_encoder_parts(encoders),
        *_alignment_parts(alignments),
        *_finetune_parts(runs),
        *_choice_parts(candidates),
        *paper_section.section(reproductions, alignments, runs),
    ]
    return "\n\n".join([INTRODUCTION, *parts]) + "\n"


def page_of(folder: Path) -> str:
    """From all records in a folder."""
    readers = (read_encoders, read_alignments, read_runs, read_candidates, read_reproductions)
    return page(*(read(folder) for read in readers))


def _encoder_parts(records: Sequence[EncoderRecord]) -> Iterator[str]:
    if not records:
        return
    first = records[0].report
    yield PROBE.format(images=first.images, dim=first.dim, table=encoder_tables.probe_table(records))
    yield SCORES.format(
        verdict=encoder_tables.auroc_verdict(records),
        table=encoder_tables.score_table(records),
    )
    if any(record.report.heat for record in records):
        images = max(record.report.heat.images for record in records if record.report.heat)
        yield HEAT.format(images=images, table=encoder_tables.heat_table(records))


def _alignment_parts(records: Sequence[AlignmentRecord]) -> Iterator[str]:
    if records:
        yield OVERLAP.format(
            images=max(record.images for record in records),
            heat=records[0].thresholds["heat"],
            verdict=alignment_tables.verdict(records),
            table=alignment_tables.overlap_table(records, "heat_iou"),
            gaps=alignment_tables.gap_table(records),
            sweep=alignment_tables.sweep_table(records),
            auc=alignment_tables.overlap_table(records, "auc"),
        )


def _finetune_parts(records: Sequence[RunRecord]) -> Iterator[str]:
    built_in = [record for record in records if record.pictures == HABITATS]
    if not built_in:
        yield NO_RUNS
    for recipe in sorted({record.recipe for record in built_in}):
        runs = [record for record in built_in if record.recipe == recipe]
        arms = [arm for arm in MEANINGS if any(run.arm == arm for run in runs)]
        yield CHANGES.format(
            recipe=recipe,
            arms="\n".join(f"- `{arm}`: {MEANINGS[arm]}" for arm in arms),
            verdict=finetune_tables.verdict(runs),
            changes=finetune_tables.change_table(runs),
            states=finetune_tables.state_table(runs),
            terms="\n\n".join(filter(None, (finetune_tables.term_verdict(runs), finetune_tables.term_table(runs)))),
        )


def _choice_parts(candidates: Sequence[Candidate]) -> Iterator[str]:
    if candidates:
        yield CHOICE.format(table=tuned_table(candidates))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, default=FOLDER)
    parser.add_argument("--write", type=Path, help="a page to write instead of printing it")
    arguments = parser.parse_args()
    text = page_of(arguments.records)
    if arguments.write:
        write_atomic(arguments.write, text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
