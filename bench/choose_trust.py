"""Chooses the signals of Trust from records: `python -m bench.choose_trust` prints the choice and how it tests.

`--record ENCODER DATASET NAME [--workspace W]` measures one encoder and writes docs/records/trust-NAME.json: the AUROC
of every candidate (mean ranks of one to four signals) on the test split, and, for choosing, on a quarter of the train
split, with probe, D and neighbours from the other three quarters. No test image has a say in the choice.
"""

import argparse
import itertools
import json
import tempfile
from pathlib import Path
from statistics import mean

import numpy as np

from bench.markdown import number, table
from bench.records import FOLDER
from qscore_core.evaluation.ranking import auroc, masses
from qscore_core.imported import ImportRequest, import_features
from qscore_core.pipeline import Subject, analyse, outcomes_of, probe_of, representations_of, with_epsilon
from qscore_core.probe import ProbeSettings
from qscore_core.probe.splitting import hold_out
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations
from qscore_core.signals import Evidence, signal_values
from qscore_core.signals.combination import mean_rank
from qscore_core.workspace import Workspace, write_atomic

PARTS = (
    *("q_score", "l2_norm", "hoyer", "knn_1", "knn_10", "centred_knn_5", "whitened_knn_5"),
    *("typicality", "coherence", "mixture"),
)
MOST = 4
HELD_OUT = 0.25
CHOOSES = ("habitats-simclr", "habitats-vicreg", "cifar-simclr")
REFERENCE = "q_score"
PAGE = """# Trust

The mean rank of a few label-free signals, chosen to predict the linear probe's mistakes better than Q-Score does: of
all mean ranks of one to four out of ten signals, the one that gains most over Q on the worst encoder that chooses.
`python -m bench.choose_trust --write docs/trust.md` makes this page from docs/records. AUROC in points, Q at its
automatic epsilon. The encoders on photographs are slim ResNets (r = 512) after 10 epochs on 10,000 CIFAR-10 pictures.

{outcome}
"""


def candidates() -> list[tuple[str, ...]]:
    return [chosen for size in range(1, MOST + 1) for chosen in itertools.combinations(PARTS, size)]


def measured(target: Representations, fit: Representations, workspace: Workspace) -> dict[str, float]:
    """AUROC of every candidate, by its parts joined with `+`."""
    analysis = analyse(target, fit, with_epsilon(ScoreSettings(), "auto", fit, workspace), workspace)
    outcomes = outcomes_of(probe_of(fit, ProbeSettings(), workspace), target, fit.classes)
    values, whole = signal_values(Evidence(analysis, workspace)), np.ones((1, target.images))
    return {
        "+".join(parts): float(auroc(masses(mean_rank([values[p] for p in parts]), outcomes.correct, whole))[0])
        for parts in candidates()
    }


def validation(train: Representations, workspace: Workspace) -> dict[str, float]:
    """The same within the train split."""
    parts = hold_out(train.labels, HELD_OUT, seed=0)
    with tempfile.TemporaryDirectory() as folder:
        halves = [_cut(train, rows, Path(folder), name, workspace) for name, rows in vars(parts).items()]
        return measured(halves[1], halves[0], workspace)


def _cut(train: Representations, rows: np.ndarray, folder: Path, name: str, workspace: Workspace) -> Representations:
    h, labels = folder / f"{name}.npy", folder / f"{name}.txt"
    np.save(h, train.matrix[rows])
    labels.write_text("\n".join(train.class_names()[rows]))
    return import_features(ImportRequest(h, f"trust-{train.digest}", name, labels), workspace)


def record(encoder: str, dataset: str, name: str, workspace: Workspace) -> None:
    subject = Subject(encoder, dataset)
    train, test = (representations_of(subject, split, workspace).representations for split in ("train", "test"))
    found = {"name": name, "images": test.images, "test": measured(test, train, workspace)}
    if name in CHOOSES:
        found["validation"] = validation(train, workspace)
    (FOLDER / f"trust-{name}.json").write_text(json.dumps(found, indent=1) + "\n")


def gains(record_: dict, part: str) -> dict[str, float]:
    """Every candidate's AUROC less Q's."""
    return {key: value - record_[part][REFERENCE] for key, value in record_[part].items()}


def chosen(records: dict[str, dict]) -> str:
    """The candidate that gains most on the worst of the encoders that choose; of equals the one with fewer parts."""
    tried = [gains(records[name], "validation") for name in CHOOSES]
    return max(tried[0], key=lambda key: (round(min(found[key] for found in tried), 3), -key.count("+")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", nargs=3, metavar=("ENCODER", "DATASET", "NAME"))
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--write", type=Path, help="a page to write the outcome to")
    arguments = parser.parse_args()
    if arguments.record:
        record(*arguments.record, Workspace.at(arguments.workspace))
        return
    page = PAGE.format(
        outcome=outcome({found["name"]: found for found in map(_read, sorted(FOLDER.glob("trust-*.json")))})
    )
    print(page)
    if arguments.write:
        write_atomic(arguments.write, page)


def outcome(records: dict[str, dict]) -> str:
    """The choice and how it tests, as Markdown."""
    best = chosen(records)
    rows = []
    for name, found in records.items():
        kind = "chose" if name in CHOOSES else "tests"
        q, trust, single = found["test"][REFERENCE], found["test"][best], max(found["test"][part] for part in PARTS)
        cells = (100 * value for value in (q, trust, trust - q, single))
        rows.append([name, kind, f"{found['images']:,}", *(number(value, 1) for value in cells)])
    head = ["encoder", "", "test images", "AUROC of Q", "Trust", "less Q", "best single one in hindsight"]
    held = [gains(found, "test")[best] for name, found in records.items() if name not in CHOOSES]
    return (
        f"Chosen on the validation parts of {', '.join(CHOOSES)}: **{best.replace('+', ', ')}**.\n\n"
        f"{table(head, rows)}\n\n"
        f"Mean gain over Q on the {len(held)} encoders that had no say: {100 * mean(held):+.1f} points."
    )


def _read(path: Path) -> dict:
    return json.loads(path.read_text())


if __name__ == "__main__":
    main()
