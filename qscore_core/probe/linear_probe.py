"""A fitted linear probe as a value: weights, and a record of how they came about."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_safetensors
from scipy.special import entr, logsumexp, softmax

from qscore_core.errors import RepresentationError, WorkspaceError
from qscore_core.probe.rows import blocks, prepared, require_finite, require_labels
from qscore_core.probe.solution import Tried
from qscore_core.workspace import write_atomic

HEADER_KEY = "qscore_probe"


@dataclass(frozen=True)
class ProbeRecord:
    """How a probe was fitted. `parameter` names what was chosen: `C` (fast) or `learning_rate` (paper).

    `tried` pairs values with their validation top-1; `validation_top1` is the chosen one's, None when nothing was
    compared. All top-1 are shares from 0 to 1. `converged` is None for SGD, which stops after its epochs.
    """

    recipe: str
    parameter: str
    chosen: float
    tried: Tried
    validation_top1: float | None
    converged: bool | None
    iterations: int
    images: int
    validation_images: int
    absent_classes: tuple[int, ...]
    single_image_classes: tuple[int, ...]
    normalize: bool
    seed: int

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences a reader of the accuracy should see; empty when nothing is odd."""
        found = []
        if self.converged is False:
            found.append(
                f"The probe did not converge in {self.iterations:,} iterations; its accuracy is a lower bound."
            )
        values = [value for value, _ in self.tried]
        if len(values) > 1 and self.chosen in (min(values), max(values)):
            end = "largest" if self.chosen == max(values) else "smallest"
            found.append(
                f"The {end} {self.parameter} tried, {self.chosen:g}, was the best; one beyond it may do better."
            )
        if self.absent_classes:
            found.append(f"No training image for {_named(self.absent_classes)}: never predicted.")
        if self.single_image_classes:
            found.append(
                f"One training image only for {_named(self.single_image_classes)}: used to fit, not to choose."
            )
        return tuple(found)


@dataclass(frozen=True, eq=False)
class LinearProbe:
    """logits = weight h + bias for representations h, scaled to length one where `record.normalize` says so.

    `weight` float64 [class, feature], `bias` float64 [class]; a class without training images has the logit -inf.
    Matrices may be memory-mapped: they are read in blocks.
    """

    weight: Float[np.ndarray, "class_ feature"]
    bias: Float[np.ndarray, " class_"]
    record: ProbeRecord

    @property
    def classes(self) -> int:
        return len(self.bias)

    def logits(self, h: Float[np.ndarray, "image dim"]) -> Float[np.ndarray, "image class_"]:
        return self._blockwise(h, lambda logits: logits, np.empty((len(h), self.classes)))

    def predict(self, h: Float[np.ndarray, "image dim"]) -> Int[np.ndarray, " image"]:
        return self._blockwise(h, lambda logits: logits.argmax(axis=1), np.empty(len(h), np.int64))

    def confidence(self, h: Float[np.ndarray, "image dim"]) -> Float[np.ndarray, " image"]:
        """The largest softmax probability; a signal of mistakes that needs labels to be learned."""
        return self._blockwise(h, lambda logits: softmax(logits, axis=1).max(axis=1), np.empty(len(h)))

    def entropy(self, h: Float[np.ndarray, "image dim"]) -> Float[np.ndarray, " image"]:
        """Of the softmax, in nats: 0 where the probe is certain."""
        return self._blockwise(h, lambda logits: entr(softmax(logits, axis=1)).sum(axis=1), np.empty(len(h)))

    def energy(self, h: Float[np.ndarray, "image dim"]) -> Float[np.ndarray, " image"]:
        """-log sum_c exp(logit_c) (arXiv 2010.03759, temperature 1)."""
        return self._blockwise(h, lambda logits: -logsumexp(logits, axis=1), np.empty(len(h)))

    def correct(
        self, h: Float[np.ndarray, "image dim"], labels: Int[np.ndarray, " label"]
    ) -> Bool[np.ndarray, " image"]:
        """The outcome that signals are judged by: whether the predicted class is the labelled one."""
        require_labels(len(h), labels, self.classes)
        return self.predict(h) == labels

    def save(self, path: Path) -> None:
        """Writes safetensors, atomically: no code in the file."""
        tensors = {"weight": np.ascontiguousarray(self.weight), "bias": np.ascontiguousarray(self.bias)}
        write_atomic(path, to_safetensors(tensors, metadata={HEADER_KEY: json.dumps(asdict(self.record))}))

    def _blockwise(
        self, h: Float[np.ndarray, "image dim"], reduce: Callable[[np.ndarray], np.ndarray], into: np.ndarray
    ) -> np.ndarray:
        if h.shape[1] != self.weight.shape[1]:
            raise RepresentationError(
                f"`representations` should have the {self.weight.shape[1]} features this probe was fitted on. "
                f"Found {h.shape[1]}. Fit a probe for this encoder."
            )
        require_finite(h)
        for block in blocks(len(h)):
            into[block] = reduce(prepared(h[block], self.record.normalize) @ self.weight.T + self.bias)
        return into


def load_probe(path: Path) -> LinearProbe:
    """Reads what `LinearProbe.save` wrote."""
    try:
        with safe_open(path, framework="numpy") as file:
            fields = json.loads((file.metadata() or {})[HEADER_KEY])
            return LinearProbe(file.get_tensor("weight"), file.get_tensor("bias"), _record(fields))
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise WorkspaceError(f"`{path}` should be a saved linear probe, and is not. Fit it again.") from error


def _record(fields: dict[str, Any]) -> ProbeRecord:
    """JSON knows lists only; the record holds tuples."""
    lists = {name: tuple(fields[name]) for name in ("absent_classes", "single_image_classes")}
    return ProbeRecord(**{**fields, **lists, "tried": tuple((value, top1) for value, top1 in fields["tried"])})


def _named(classes: tuple[int, ...], shown: int = 5) -> str:
    names = ", ".join(map(str, classes[:shown]))
    more = f" and {len(classes) - shown:,} more" if len(classes) > shown else ""
    return f"{'class' if len(classes) == 1 else f'{len(classes):,} classes:'} {names}{more}"
