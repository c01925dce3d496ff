"""Small image files for tests."""

from PIL import Image


def write_images(root, *paths, color="red", size=(6, 5)):
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, color).save(file)
    return root
