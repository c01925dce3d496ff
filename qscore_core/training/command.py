"""A fine-tuning run as the arguments of the verb that starts it or goes on with it."""

from collections.abc import Mapping
from typing import Any

OPTIONS = {
    "--encoder": "parent",
    "--dataset": "dataset",
    "--split": "split",
    "--arm": "arm",
    "--method": "method",
    "--epochs": "epochs",
    "--batch-size": "batch_size",
    "--optimizer": "optimizer",
    "--learning-rate": "learning_rate",
    "--weight-decay": "weight_decay",
    "--warmup-epochs": "warmup_epochs",
    "--precision": "precision",
    "--refresh-epochs": "refresh_epochs",
    "--head-warmup-steps": "head_warmup_steps",
    "--seed": "seed",
}
WEIGHTS = {
    "--q-weight": "q_score",
    "--column-weight": "columns",
    "--lasso-weight": "lasso",
    "--weight-scale": "scale",
}


def finetune_arguments(settings: Mapping[str, Any]) -> list[str]:
    """What follows `finetune`; `settings` as a run's `settings.json` has them.

    Every setting is named, so that neither a recipe nor a default that changes later can make it another run.
    """
    words = [word for option, name in OPTIONS.items() for word in (option, str(settings[name]))]
    words += [word for option, name in WEIGHTS.items() for word in (option, str(settings["weights"][name]))]
    features = settings["features"]
    words += ["--epsilon", str(features["epsilon"])]
    words += ["--percentiles", str(features["lower"]), str(features["upper"])]
    if settings["micro_batch"] is not None:
        words += ["--micro-batch", str(settings["micro_batch"])]
    return words
