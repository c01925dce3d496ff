"""What a job was asked to do."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from qscore_core.errors import SettingsError

KINDS = {
    "fetch": "Download",
    "try": "Trial",
    "extract": "Representations",
    "score": "Q-Scores",
    "evaluate": "Q-Scores and their evaluation",
    "probe": "Linear probe",
    "compress": "Compression curve",
    "align": "Heat against masks",
    "project": "Map",
    "find-slices": "Search for slices",
    "lab": "Lab session",
    "encoder-report": "Encoder report",
    "compare": "Comparison",
    "report": "HTML report",
    "pretrain": "Pretraining",
    "finetune": "Fine-tuning",
}
"""The verbs that may run in the background, and what people call them."""

WITHOUT_DEVICE = {"fetch": "network"}
"""Verbs that compute nothing, and what their jobs wait for instead of a device: one download at a time."""


@dataclass(frozen=True)
class Request:
    """A verb with its arguments, its relative paths counting from `directory`, for one `device`.

    That is `cpu`, `cuda:N`, or what a verb of `WITHOUT_DEVICE` waits for.

    `title` says in a few words for people what it is; `submitted` is Unix time in seconds.
    """

    kind: str
    arguments: tuple[str, ...]
    title: str
    device: str
    directory: str
    submitted: float

    @property
    def occupies(self) -> tuple[str, ...]:
        """The device, or the first N GPUs for a training with `--devices N`."""
        count = option(self.arguments, "--devices") or "1"
        if self.device == "cpu" or not count.isdecimal() or int(count) < 2:
            return (self.device,)
        return tuple(f"cuda:{number}" for number in range(int(count)))

    def words(self, workspace: str) -> list[str]:
        """The command line of the verb; options that stand last win over the same ones among the arguments."""
        return [self.kind, *self.arguments, "--workspace", workspace, "--device", self.device, "--json"]


def make_request(kind: str, arguments: Sequence[str], title: str = "", directory: str | None = None) -> Request:
    """A request of now and, unless told otherwise, of here.

    Raises SettingsError for a verb that is no background work and for a device that is not there.
    """
    if kind not in KINDS:
        raise SettingsError(f"A job's `kind` should be one of {', '.join(KINDS)}. Found `{kind}`.")
    device = WITHOUT_DEVICE.get(kind) or _device_name(option(arguments, "--device") or "auto")
    title = title or _default_title(kind, arguments)
    return Request(kind, tuple(arguments), title, device, directory or os.getcwd(), time.time())  # noqa: PTH109


def option(arguments: Sequence[str], name: str) -> str | None:
    """The last value of an option, None where it is not given."""
    value = None
    for place, word in enumerate(arguments):
        if word == name and place + 1 < len(arguments):
            value = arguments[place + 1]
        elif word.startswith(f"{name}="):
            value = word.partition("=")[2]
    return value


def _default_title(kind: str, arguments: Sequence[str]) -> str:
    who = option(arguments, "--encoder") or option(arguments, "--method")
    about = [words for words in (who, option(arguments, "--dataset")) if words]
    return f"{KINDS[kind]}: {' on '.join(about)}" if about else KINDS[kind]


def _device_name(name: str) -> str:
    if name == "cpu":
        return name
    from qscore_core.devices import device_name  # imports torch, which only this question needs

    return device_name(name)
