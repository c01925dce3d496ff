"""Pictures small enough to stand in a file, as data addresses."""

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from qscore_core.datasets import Dataset
from qscore_core.errors import ImageError

EDGE = 112
QUALITY = 82


class Thumbnails:
    """Pictures of a split by their ids; an image that cannot be read is left out by whoever asks."""

    def __init__(self, dataset: Dataset) -> None:
        self._source = dataset.source
        self._row_of = {str(id_): row for row, id_ in enumerate(dataset.table["id"])}

    def __call__(self, id_: str) -> str | None:
        """A JPEG of at least 112 pixels on its shorter edge, None where the file cannot be read any more."""
        try:
            image = self._source.image(self._row_of[id_])
        except ImageError:
            return None
        factor = EDGE / min(image.size)
        image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)
        held = io.BytesIO()
        image.save(held, "JPEG", quality=QUALITY)
        return f"data:image/jpeg;base64,{base64.b64encode(held.getvalue()).decode()}"


def readable(ids: Sequence[str], thumbnails: Thumbnails) -> list[tuple[int, str]]:
    """Places of the ids whose picture can be read, each with the picture."""
    found = ((place, thumbnails(id_)) for place, id_ in enumerate(np.asarray(ids, dtype=object)))
    return [(place, picture) for place, picture in found if picture is not None]
