"""Made-up data sets in the layouts of real ones: a bright object at a known place of a dark picture that is not square.

The object stands in rows and columns 40 % to 60 % of the picture's height and width, off the centre by `shift`.
"""

import numpy as np
from PIL import Image

from qscore_core.encoders.transform import Transform

FRAME = Transform(resize=64, crop=56, mean=(0, 0, 0), std=(1, 1, 1))
BRIGHT = 200


def object_at(size, shift=0.0):
    """bool [height, width] of a picture of `size` (width, height)."""
    width, height = size
    place = np.zeros((height, width), bool)
    rows, columns = (slice(round((0.4 + shift) * side), round((0.6 + shift) * side)) for side in (height, width))
    place[rows, columns] = True
    return place


def write_picture(path, size=(90, 60), shift=0.0):
    """Returns where the object is."""
    place = object_at(size, shift)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.where(place, BRIGHT, 20).astype(np.uint8)).convert("RGB").save(path, quality=95)
    return place


def write_grey(path, values, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(values, np.uint8)).save(path, **how)


def assert_mask_lies_on_the_object(dataset, row, mask, least=0.9):
    """What the network sees of the mask is what it sees of the bright object, whatever the picture's shape."""
    from qscore_core.alignment import framed_mask

    bright = FRAME.geometry(dataset.source.image(row))[..., 0] > (BRIGHT + 20) / 2
    framed = framed_mask(mask, FRAME).numpy() >= 0.5
    assert bright.any()
    assert (bright & framed).sum() / (bright | framed).sum() > least
