"""Records what the paper measures on what runs here: `python -m bench.reproduce`, one record an encoder, resumed.

For every built-in encoder that is there, on Habitats: the probe, Q's AUROC and AUPRC, model metrics and heat (table 1),
core and spurious overlap by outcome (figure 6), accuracy against the share of features kept (figure 2), and class means
of correct and mis-classified images (figure 3). Records that are there are left as they are; one that was made with
other weights is made again. Fine-tuning (table 2) is recorded by `bench.record_finetune`. `--encoder REF --dataset REF
--name NAME` records figures 2 and 3 and table 1 of any other encoder, on ImageNet-100 for example.
"""

import argparse
from pathlib import Path

import numpy as np

from bench.alignment_records import write_alignment
from bench.class_means import class_means
from bench.record_alignment import record_alignment
from bench.record_encoder import record_encoder
from bench.recording import tell
from bench.records import FOLDER, write_encoder
from bench.reproduction_records import ReproductionRecord, Table1, read_reproductions, record_file, write_reproduction
from qscore_core.compression import FULL, CompressionSettings, compression_curve
from qscore_core.encoders import known_encoders
from qscore_core.evaluation import evaluate_signal
from qscore_core.pipeline import (
    Analysis,
    Outcomes,
    Subject,
    analyse,
    labels_among,
    outcomes_of,
    probe_of,
    representations_of,
    require_labels,
    with_epsilon,
)
from qscore_core.probe import ProbeSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations
from qscore_core.workspace import Workspace

BUILT_IN, DATASET = "habitats:", "habitats"
FIT, TARGET = "train", "test"
EPSILONS = ("auto", 4.0)
WINDOWS = (FULL, (40.0, 96.0), (55.0, 90.0))  # all, and about 44 and 65 % removed; `compress` makes the whole curve


def reproduction(name: str, encoder: str, dataset: str, workspace: Workspace, target: str) -> ReproductionRecord:
    """Everything that is missing is computed; stages keep their results."""
    fit, rows = _rows(encoder, dataset, workspace, target)
    outcomes = outcomes_of(probe_of(fit, ProbeSettings(), workspace, tell), rows, fit.classes)
    analyses = [
        analyse(rows, fit, with_epsilon(ScoreSettings(), epsilon, fit, workspace), workspace) for epsilon in EPSILONS
    ]
    scores = analyses[0].scores
    return ReproductionRecord(
        name=name,
        encoder=encoder,
        dataset=dataset if dataset == DATASET else "",
        method=str(fit.about.get("method", "")),
        images=rows.images,
        fit_images=fit.images,
        dim=fit.dim,
        classes=len(fit.classes),
        representations=(rows.digest, fit.digest),
        table1=tuple(_table1(analysis, outcomes) for analysis in analyses),
        curve=_curve(rows, fit, analyses[0]),
        means=class_means(
            np.asarray(rows.matrix), labels_among(rows, fit.classes), outcomes.correct, scores.discriminative_active
        ),
    )


def _rows(encoder: str, dataset: str, workspace: Workspace, target: str) -> tuple[Representations, Representations]:
    subject = Subject(encoder, dataset)
    fit, rows = (representations_of(subject, split, workspace, tell).representations for split in (FIT, target))
    return fit, rows


def _table1(analysis: Analysis, outcomes: Outcomes) -> Table1:
    return Table1(
        epsilon=analysis.settings.features.epsilon,
        empty=analysis.scores.empty / analysis.target.images,
        judged=evaluate_signal("q_score", analysis.scores.q, outcomes.correct),
    )


def _curve(rows: Representations, fit: Representations, analysis: Analysis) -> tuple:
    return compression_curve(
        fit.matrix,
        require_labels(fit),
        rows.matrix,
        labels_among(rows, fit.classes),
        len(fit.classes),
        analysis.features.rates,
        CompressionSettings(windows=WINDOWS),
        on_progress=tell,
    ).points


def recorded(name: str, folder: Path) -> ReproductionRecord | None:
    if not record_file(name, folder).is_file():
        return None
    return next(record for record in read_reproductions(folder) if record.name == name)


def is_of_today(record: ReproductionRecord, encoder: str, dataset: str, workspace: Workspace, target: str) -> bool:
    """Whether encoder and pictures are still those of the record."""
    fit, rows = _rows(encoder, dataset, workspace, target)
    return record.representations == (rows.digest, fit.digest)


def record_built_in(ref: str, workspace: Workspace, folder: Path) -> None:
    """All records of a built-in encoder that are missing; of one that has changed they are made again."""
    name = ref.removeprefix(BUILT_IN)
    found = recorded(name, folder)
    changed = found is not None and not is_of_today(found, ref, DATASET, workspace, TARGET)
    if changed or not (folder / f"encoder-{name}.json").is_file():
        print(write_encoder(record_encoder(name, workspace), folder))
    if changed or not (folder / f"alignment-{name}.json").is_file():
        print(write_alignment(record_alignment(name, workspace), folder))
    if changed or found is None:
        print(write_reproduction(reproduction(name, ref, DATASET, workspace, TARGET), folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--records", type=Path, default=FOLDER)
    parser.add_argument("--encoder", help="another encoder than the built-in ones")
    parser.add_argument("--dataset", help="its data set, with the splits train and --target")
    parser.add_argument("--name", help="of its record")
    parser.add_argument("--target", default=TARGET, help="the split that is scored [test]")
    asked = parser.parse_args()
    workspace = Workspace.at(asked.workspace)
    if asked.encoder:
        held = recorded(asked.name, asked.records)
        if held is None or not is_of_today(held, asked.encoder, asked.dataset, workspace, asked.target):
            found = reproduction(asked.name, asked.encoder, asked.dataset, workspace, asked.target)
            print(write_reproduction(found, asked.records))
        return
    for entry in known_encoders(workspace):
        if entry.ref.startswith(BUILT_IN) and entry.available:
            record_built_in(entry.ref, workspace, asked.records)


if __name__ == "__main__":
    main()
