"""Training encoders: pretraining with a self-supervised objective, fine-tuning with equation 3's regulariser.

dataset = open_dataset("habitats", "train", workspace=workspace)
settings = replace(default_settings("simclr", dataset), epochs=10)
result = run_task(Pretraining(settings), workspace=workspace, dataset=dataset)
"""

from qscore_core.training.arms import ARMS, MEANINGS
from qscore_core.training.finetune_settings import RECIPES, FinetuneRecipe, FinetuneSettings
from qscore_core.training.finetuning import Finetuning
from qscore_core.training.networks import NETWORKS, Network
from qscore_core.training.pretraining import Pretraining
from qscore_core.training.recipes import OBJECTIVES, default_settings, kind_of
from qscore_core.training.run import RunResult, run_task
from qscore_core.training.settings import TrainingSettings
from qscore_core.training.starting_point import StartingPoint, starting_point

__all__ = [
    "ARMS",
    "MEANINGS",
    "NETWORKS",
    "OBJECTIVES",
    "RECIPES",
    "FinetuneRecipe",
    "FinetuneSettings",
    "Finetuning",
    "Network",
    "Pretraining",
    "RunResult",
    "StartingPoint",
    "TrainingSettings",
    "default_settings",
    "kind_of",
    "run_task",
    "starting_point",
]
