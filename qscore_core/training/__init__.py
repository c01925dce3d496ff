"""Training encoders with a self-supervised objective.

dataset = open_dataset("habitats", "train", workspace=workspace)
settings = replace(default_settings("simclr", dataset), epochs=10)
result = pretrain(settings, workspace=workspace, dataset=dataset)
"""

from qscore_core.training.networks import NETWORKS, Network
from qscore_core.training.recipes import default_settings
from qscore_core.training.run import RunResult, pretrain, run_name
from qscore_core.training.settings import PretrainSettings

__all__ = ["NETWORKS", "Network", "PretrainSettings", "RunResult", "default_settings", "pretrain", "run_name"]
