"""Reads any picture file as a viewer would show it, or says why not."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from qscore_core.errors import ImageError

WHITE = (255, 255, 255, 255)
LYING = (5, 6, 7, 8)  # EXIF orientations that turn a picture by 90 degrees
SIXTEEN_TO_EIGHT = 257  # 65535 / 255


def read_image(path: Path | str) -> Image.Image:
    """The picture as RGB, 8 bit a channel: turned as its EXIF entry says, on white where it is transparent.

    The first frame of an animation; 16-bit grey scaled to 8 bit; float grey from 0-1 or 0-255, stretched when outside.
    Embedded colour profiles are not applied. Raises ImageError naming the file and the reason.
    """
    return _read(Path(path), lambda image: _upright(_rgb(image)))


def read_stored(path: Path | str) -> Image.Image:
    """The picture with the values that the file holds: palette indices, 16 bits, any number of channels.

    Raises ImageError as `read_image` does.
    """
    return _read(Path(path), lambda image: image.copy())


def read_size(path: Path | str) -> tuple[int, int]:
    """(width, height) of the picture that `read_image` gives, from the file's head alone. Raises ImageError."""
    return _read(Path(path), _upright_size, load=False)


Found = TypeVar("Found")


def _read(path: Path, change: Callable[[Image.Image], Found], *, load: bool = True) -> Found:
    _require_file(path)
    try:
        with Image.open(path) as image:
            if load:
                image.load()
            return change(image)
    # A damaged file can make a decoder fail in any way, so every failure is a statement about the file.
    except Exception as error:
        raise ImageError(f"Image `{path}` cannot be read: {_reason(error)}.") from error


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    with suppress(Exception):  # as in _upright
        if image.getexif().get(ExifTags.Base.Orientation) in LYING:
            return height, width
    return width, height


def _require_file(path: Path) -> None:
    # a folder, a pipe or a device would fail late or block for ever
    try:
        stat = path.stat()
    except OSError as error:
        raise ImageError(f"Image `{path}` cannot be read: {(error.strerror or str(error)).lower()}.") from error
    if not path.is_file():
        raise ImageError(f"Image `{path}` cannot be read: it is not a file.")
    if stat.st_size == 0:
        raise ImageError(f"Image `{path}` cannot be read: the file is empty.")


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "it is not an image, or in a format that Pillow does not know"
    if isinstance(error, Image.DecompressionBombError):
        return f"it has more than {2 * (Image.MAX_IMAGE_PIXELS or 0):,} pixels"
    if isinstance(error, PermissionError):
        return "permission denied"
    return f"it is truncated or damaged ({error})"


def _upright(image: Image.Image) -> Image.Image:
    with suppress(Exception):  # viewers show a picture whose EXIF block is broken; they only cannot turn it
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _from_deep_grey(image)
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    layer = image.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", layer.size, WHITE), layer).convert("RGB")
    flat.info["exif"] = image.info.get("exif", b"")
    return flat


def _from_deep_grey(image: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    sixteen_bit = image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PNG")
    grey = values / SIXTEEN_TO_EIGHT if sixteen_bit else _to_grey_levels(values)
    flat = Image.fromarray(np.rint(grey).astype(np.uint8)).convert("RGB")
    flat.info["exif"] = image.info.get("exif", b"")
    return flat


def _to_grey_levels(values: np.ndarray) -> np.ndarray:
    low, high = values.min(), values.max()
    if low >= 0 and high <= 1:
        return values * 255
    if low >= 0 and high <= 255:
        return values
    return (values - low) / max(high - low, 1e-12) * 255
