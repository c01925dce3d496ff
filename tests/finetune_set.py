"""A small encoder and a few pictures, for tests about fine-tuning runs without the time that training takes."""

from dataclasses import replace

from small_inputs import SHAPE, TRANSFORM, small_encoder_file, write_pictures

from qscore_core.datasets import open_dataset
from qscore_core.encoders import save_encoder
from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.experiments import reserve
from qscore_core.training import ARMS, OBJECTIVES, RECIPES, starting_point
from qscore_core.training.planning import plan_arm

RECIPE = replace(RECIPES["quick"], epochs=1, batch_size=12, epsilon=2.0, head_warmup_steps=0)


def inputs(folder, count=12):
    """References of an encoder whose objective is not known and of a set with two splits and two classes."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"file:{small_encoder_file(folder)}", f"folder:{write_pictures(folder / 'pictures', count)}"


def simclr_encoder(folder, seed=1):
    """Like `small_encoder_file`, with a method that is known."""
    path = folder / f"simclr-{seed}.safetensors"
    save_encoder(path, build_resnet(SHAPE, seed), SHAPE, TRANSFORM, "simclr", {"seed": seed})
    return f"file:{path}"


def task_of(encoder, data, workspace, arm="q-score", *, weights=None, seed=0, recipe=RECIPE):
    """A planned run and the pictures of its split."""
    dataset = open_dataset(data, "train", workspace=workspace)
    start = starting_point(encoder, workspace, "simclr", OBJECTIVES["thumbnails"])
    return plan_arm(start, dataset, recipe, arm, weights or ARMS[arm], seed=seed), dataset


def reserved(encoder, data, workspace, arm="q-score", **how):
    """The same, written down in the workspace."""
    return reserve(*task_of(encoder, data, workspace, arm, **how), workspace)
