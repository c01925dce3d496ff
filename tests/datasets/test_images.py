import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qscore_core.datasets import read_image
from qscore_core.datasets.images import read_size, read_stored
from qscore_core.errors import ImageError

ORIENTATION = 0x0112


def read(image, path, **options):
    image.save(path, **options)
    return read_image(path)


def pixel(image, column=0, row=0):
    assert image.mode == "RGB"
    return image.getpixel((column, row))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp"])
@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [(1, (16, 8), (1, 1)), (3, (16, 8), (14, 6)), (6, (8, 16), (6, 1)), (8, (8, 16), (1, 14)), (2, (16, 8), (14, 1))],
)
def test_exif_orientation_turns_the_picture(name, orientation, size, red_at, tmp_path):
    image = Image.new("RGB", (16, 8), "white")
    image.paste((255, 0, 0), (0, 0, 4, 4))  # top left before turning
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    shown = read(image, tmp_path / name, exif=exif.tobytes(), quality=95)
    assert shown.size == size
    red, green, _ = pixel(shown, *red_at)
    assert red > 200 > 100 > green


def test_exif_turns_a_transparent_and_a_16_bit_picture_too(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    for image in (Image.new("RGBA", (6, 3)), Image.fromarray(np.zeros((3, 6), np.uint16))):
        assert read(image, tmp_path / "a.png", exif=exif.tobytes()).size == (3, 6)


def test_16_bit_grey_is_scaled_not_clipped(tmp_path):
    # 65535 -> 255, 32896 = 128 * 257 -> 128, 300 / 257 = 1.17 -> 1
    grey = np.array([[0, 300, 32896, 65535]], dtype=np.uint16)
    for name in ("a.png", "a.tif"):
        shown = read(Image.fromarray(grey), tmp_path / name)
        assert [pixel(shown, column) for column in range(4)] == [(v, v, v) for v in (0, 1, 128, 255)]


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([0, 0.5, 1], [0, 128, 255]),
        ([0, 100, 255], [0, 100, 255]),
        ([-1, 0, 1], [0, 128, 255]),
        ([0, float("nan"), 1], [0, 0, 255]),
        ([1000, 1000, 1000], [0, 0, 0]),
    ],
)
def test_float_grey(values, levels, tmp_path):
    shown = read(Image.fromarray(np.array([values], dtype=np.float32)), tmp_path / "a.tif")
    assert [pixel(shown, column)[0] for column in range(3)] == levels


def test_cmyk(tmp_path):
    # Pillow writes and reads JPEG's CMYK inverted, as Adobe does: no ink is white, full cyan has no red
    for ink, low, high in (((0, 0, 0, 0), 250, 255), ((255, 0, 0, 0), 0, 5)):
        shown = read(Image.new("CMYK", (8, 8), ink), tmp_path / "a.jpg", quality=95)
        assert low <= pixel(shown)[0] <= high
        assert pixel(shown)[1] > 250


def test_palette_and_bilevel(tmp_path):
    palette = Image.new("RGB", (4, 4), (10, 200, 30)).convert("P", palette=Image.Palette.ADAPTIVE)
    assert pixel(read(palette, tmp_path / "p.png")) == (10, 200, 30)
    assert pixel(read(Image.new("1", (4, 4), 1), tmp_path / "b.png")) == (255, 255, 255)


def test_transparent_pixels_show_white(tmp_path):
    assert pixel(read(Image.new("RGBA", (4, 4), (255, 0, 0, 0)), tmp_path / "a.png")) == (255, 255, 255)
    # half red on white: 255 * 128/255 = 128 red light plus 127 white
    assert pixel(read(Image.new("RGBA", (4, 4), (255, 0, 0, 128)), tmp_path / "b.png")) == (255, 127, 127)
    assert pixel(read(Image.new("LA", (4, 4), (0, 0)), tmp_path / "c.png")) == (255, 255, 255)
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([9, 9, 9, 200, 100, 50])
    assert pixel(read(palette, tmp_path / "d.png", transparency=0)) == (255, 255, 255)
    assert pixel(read(Image.new("RGB", (4, 4), (1, 2, 3)), tmp_path / "e.png", transparency=(1, 2, 3))) == (255,) * 3


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_an_animation_shows_its_first_frame(name, tmp_path):
    frames = [Image.new("RGB", (4, 4), color) for color in ("red", "blue")]
    shown = read(frames[0], tmp_path / name, save_all=True, append_images=frames[1:], lossless=True)
    assert pixel(shown) == (255, 0, 0)


def message_of(path):
    with pytest.raises(ImageError) as error:
        read_image(path)
    return str(error.value).removeprefix(f"Image `{path}` cannot be read: ")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.gif", "a.tif", "a.bmp", "a.webp"])
def test_a_truncated_file(name, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    message = message_of(tmp_path / name)
    assert "truncated or damaged" in message or "not an image" in message


def test_a_truncated_jpeg_in_words(tmp_path):
    Image.new("RGB", (200, 200), "red").save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[:-20])
    assert message_of(tmp_path / "a.jpg").startswith("it is truncated or damaged (image file is truncated")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.write_bytes(b""), "the file is empty."),
        (lambda path: path.write_text("<html>"), "it is not an image, or in a format that Pillow does not know."),
        (lambda path: path.mkdir(), "it is not a file."),
        (lambda path: os.mkfifo(path), "it is not a file."),
        (lambda _: None, "no such file or directory."),
    ],
)
def test_what_is_no_image(write, message, tmp_path):
    write(tmp_path / "a.jpg")
    assert message_of(tmp_path / "a.jpg") == message


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    # the tests may run as root, who may read everything
    monkeypatch.setattr(Image, "open", refuse)
    assert message_of(tmp_path / "a.png") == "permission denied."


def test_a_decompression_bomb(tmp_path, monkeypatch):
    Image.new("1", (300, 100)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    assert message_of(tmp_path / "a.png") == "it has more than 20,000 pixels."


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_does_not_hide_the_picture(tmp_path):
    assert read(Image.new("RGB", (4, 4)), tmp_path / "a.jpg", exif=b"Exif\0\0MM\0*broken").size == (4, 4)


@given(st.data())
def test_damage_anywhere_gives_a_picture_or_an_image_error(tmp_path_factory, data):
    path = Path(tmp_path_factory.mktemp("damage")) / data.draw(st.sampled_from(["a.png", "a.jpg", "a.gif", "a.tif"]))
    Image.linear_gradient("L").resize((20, 20)).convert("RGB").save(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        mode = read_image(path).mode
    except ImageError:
        mode = "RGB"
    assert mode == "RGB"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_picture_and_needs_the_head_alone(orientation, tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = tmp_path / "a.jpg"
    Image.new("RGB", (40, 30)).save(path, exif=exif)
    assert read_size(path) == read_image(path).size
    path.write_bytes(path.read_bytes()[:-20])
    assert read_size(path) == ((30, 40) if orientation >= 5 else (40, 30))


def test_stored_values_are_not_turned_into_colours(tmp_path):
    indices = Image.fromarray(np.array([[0, 15], [255, 3]], np.uint8)).convert("P")
    indices.putpalette([9] * 768)
    indices.save(tmp_path / "p.png")
    assert np.asarray(read_stored(tmp_path / "p.png")).tolist() == [[0, 15], [255, 3]]
    for read_other in (read_size, read_stored):
        with pytest.raises(ImageError, match=r"cannot be read: no such file or directory\.$"):
            read_other(tmp_path / "gone.png")
