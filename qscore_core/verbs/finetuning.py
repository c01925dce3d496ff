"""`finetune`: an encoder that goes on with its own objective, with or without equation 3's regulariser."""

from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from qscore_core.datasets import open_dataset
from qscore_core.datasets.dataset import Dataset
from qscore_core.devices import Hardware, pick_device
from qscore_core.errors import SettingsError
from qscore_core.pipeline import Subject, representations_of, with_epsilon
from qscore_core.qscore import ScoreSettings
from qscore_core.training import (
    ARMS,
    OBJECTIVES,
    RECIPES,
    FinetuneRecipe,
    Finetuning,
    kind_of,
    run_task,
    starting_point,
)
from qscore_core.training.estimate import estimate
from qscore_core.training.planning import plan_arm
from qscore_core.verbs._common import Session
from qscore_core.verbs._stored import default_split
from qscore_core.verbs.pretraining import run_result


@dataclass(frozen=True)
class FinetuneRequest:
    """What was asked for; each of `recipe_changes` and `weight_changes` that is not None replaces a default."""

    encoder: str
    dataset: str
    split: str | None
    arm: str
    recipe: str
    recipe_changes: dict[str, Any]
    weight_changes: dict[str, Any]
    method: str | None = None
    micro_batch: int | None = None
    devices: int = 1
    nodes: int = 1
    run: str | None = None


def finetune(request: FinetuneRequest, session: Session) -> dict[str, Any]:
    """Does one arm; the same command goes on with an interrupted run."""
    task, data = _prepared(request, session)
    session.say(f"Settings: {task.plan.as_dict()}")
    result = run_task(
        task,
        workspace=session.workspace,
        dataset=data,
        hardware=Hardware(pick_device(session.device), request.devices, request.nodes),
        on_progress=session.tell,
        run_id=request.run,
    )
    return {**run_result(result), "arm": request.arm, "parent": request.encoder, "new_heads": task.start.heads is None}


def estimate_finetune(request: FinetuneRequest, session: Session) -> dict[str, Any]:
    """Time and memory of an arm, measured from a few real steps on throw-away copies."""
    task, data = _prepared(replace(request, devices=1, nodes=1), session)
    hardware = Hardware(pick_device(session.device))
    return asdict(estimate(task, session.workspace, data, hardware, session.tell))


def _prepared(request: FinetuneRequest, session: Session) -> tuple[Finetuning, Dataset]:
    arm = _known("arm", request.arm, ARMS)
    recipe = replace(_known("recipe", request.recipe, RECIPES), **_given(request.recipe_changes))
    split = default_split(request.dataset, request.split, session, "train")
    data = open_dataset(request.dataset, split, workspace=session.workspace, on_progress=session.tell)
    start = starting_point(request.encoder, session.workspace, request.method, OBJECTIVES[kind_of(data)])
    recipe = replace(recipe, epsilon=_epsilon(recipe, request, data.split, session))
    weights = replace(arm, **_given(request.weight_changes))
    task = plan_arm(start, data, recipe, request.arm, weights, seed=session.seed, micro_batch=request.micro_batch)
    return task, data


def _epsilon(recipe: FinetuneRecipe, request: FinetuneRequest, split: str, session: Session) -> float:
    """`auto` is resolved on the encoder's representations of the split it is fine-tuned on."""
    if recipe.epsilon != "auto":
        return float(recipe.epsilon)
    subject = Subject(request.encoder, request.dataset, session.device, devices=request.devices, nodes=request.nodes)
    fit = representations_of(subject, split, session.workspace, session.tell).representations
    return with_epsilon(ScoreSettings(), "auto", fit, session.workspace).features.epsilon


Entry = TypeVar("Entry")


def _known(name: str, value: str, among: dict[str, Entry]) -> Entry:
    if value not in among:
        raise SettingsError(f"`{name}` should be one of {', '.join(f'`{key}`' for key in among)}. Found `{value}`.")
    return among[value]


def _given(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if value is not None}
