"""Which run is which: names that follow from settings and data, and folders that keep to theirs."""

from typing import Any

from qscore_core.datasets.dataset import Dataset
from qscore_core.errors import SettingsError
from qscore_core.training.files import RunFiles
from qscore_core.training.task import Task
from qscore_core.workspace import digest_of, read_json, write_json


def run_name(task: Task, dataset: Dataset) -> str:
    """Follows from settings and data, so that the same command finds its run again."""
    # A name must not hold what separates a reference's options: `habitats?count=200`.
    scheme = dataset.ref.partition("?")[0].partition(":")[0]
    return f"{task.name}-{scheme}-{digest_of(_identity(task, dataset))[:8]}"


def claim(files: RunFiles, task: Task, dataset: Dataset) -> None:
    """Ties the run's folder to settings and data. Raises SettingsError when it belongs to others."""
    identity = _identity(task, dataset)
    if not files.settings.exists():
        write_json(files.settings, identity)
        return
    found = _flat(read_json(files.settings))
    for name, value in _flat(identity).items():
        if found.get(name) != value:
            raise SettingsError(
                f"Run `{files.run}` was started with `{name}` = {found.get(name)}. Found {value}. "
                "Resume it with the settings that it was started with, or start a new run."
            )


def _identity(task: Task, dataset: Dataset) -> dict[str, Any]:
    return {**task.identity(), "data": dataset.digest}


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """`{"a": {"b": 1}}` -> `{"a.b": 1}`; tuples become lists, as JSON has them."""
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = list(value) if isinstance(value, tuple) else value
    return flat
