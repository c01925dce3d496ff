"""Core or spurious: what five people said of each class and feature of Salient ImageNet."""

import ast
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from qscore_core.errors import DatasetError

CORE, SPURIOUS = "core", "spurious"
ANSWERS = ("main_object", "separate_object", "background")
NEEDED = 3
CSV = "discover_spurious_features.csv"
FOLDER = "mturk_results"
REPOSITORIES = ("salient_imagenet-main", "salient_imagenet")
COLUMNS = ("Input.class_index", "Input.feature_index", "Answer.main")
DICTIONARIES = ("wordnet_dict.py", "wordnet_dict.json")


def kind_of(answers: Sequence[str]) -> str:
    """Spurious where at least three say that the feature looks at a separate object or at the background.

    The rule of the authors' own code (github.com/singlasahil14/salient_imagenet, utils.py).
    """
    return SPURIOUS if sum(answer != ANSWERS[0] for answer in answers) >= NEEDED else CORE


def read_votes(path: Path) -> dict[tuple[int, int], str]:
    """`core` or `spurious` by (class index, feature). Raises DatasetError for another kind of file."""
    try:
        votes = pd.read_csv(path, usecols=list(COLUMNS)).dropna()
    except (ValueError, OSError) as error:
        raise DatasetError(
            f"Votes `{path}` should be {CSV} with the columns {', '.join(f'`{name}`' for name in COLUMNS)}. "
            f"It cannot be read: {str(error).splitlines()[0]}."
        ) from error
    unknown = sorted(set(votes["Answer.main"]) - set(ANSWERS))
    if unknown:
        raise DatasetError(f"Votes `{path}`: answers should be {', '.join(ANSWERS)}. Found `{unknown[0]}`.")
    pairs = votes.groupby([votes[name].astype(int) for name in COLUMNS[:2]])["Answer.main"]
    return {(int(class_), int(feature)): kind_of(list(answers)) for (class_, feature), answers in pairs}


def find_votes(root: Path) -> Path:
    """The file of votes, which is in the authors' repository and not in the data set. Raises DatasetError."""
    repositories = [base / name for base in (root, root.parent) for name in REPOSITORIES]
    places = [base / CSV for base in (root, root / FOLDER, *(folder / FOLDER for folder in repositories))]
    for place in places:
        if place.is_file():
            return place
    listed = ", ".join(f"`{place}`" for place in places[:4])
    raise DatasetError(
        f"Salient ImageNet needs the votes `{CSV}`, which are not in its zip file but in `{FOLDER}/` of "
        f"github.com/singlasahil14/salient_imagenet. Looked for {listed}, ...; name another place with `votes=PATH`."
    )


def read_wnids(root: Path) -> dict[int, str]:
    """The wnid of each class index, from a Python literal (never run) or from JSON. Raises DatasetError."""
    path = next((root / name for name in DICTIONARIES if (root / name).is_file()), None)
    if path is None:
        raise DatasetError(f"`{root}` should hold {' or '.join(f'`{name}`' for name in DICTIONARIES)}. Found neither.")
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else ast.literal_eval(text.strip())
        return {int(index): str(wnid) for index, wnid in found.items()}
    except (ValueError, SyntaxError, AttributeError, TypeError, RecursionError) as error:
        raise DatasetError(
            f"`{path}` should be one dictionary {{0: 'n01440764', ...}}. It is something else."
        ) from error
