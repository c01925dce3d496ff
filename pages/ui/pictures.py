"""Pictures by address: pages name a picture as `/picture/DIGEST/ROW.jpg` and the browser fetches those it shows.

Only data sets that a page of this server has opened can be asked for: an address cannot name a file.
"""

import io
from functools import lru_cache
from urllib.parse import urlsplit

import streamlit as st
from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from qscore_core.datasets.dataset import Dataset
from qscore_core.errors import ImageError

SMALL, LARGE = 128, 512
FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}
_opened: dict[str, Dataset] = {}


def offer_pictures(dataset: Dataset) -> None:
    """From now on the pictures of this data set can be fetched."""
    _opened[dataset.digest] = dataset


def picture_address(dataset: Dataset, row: int, size: int = SMALL) -> str:
    """Address of a picture below the server; `row` counts in the data set."""
    return f"/picture/{dataset.digest}/{row}.jpg?size={size}"


def absolute(address: str) -> str:
    """`st.image` takes whole addresses only."""
    page = urlsplit(st.context.url or "http://localhost")
    return f"{page.scheme}://{page.netloc}{address}"


async def serve_picture(request: Request) -> Response:
    dataset = _opened.get(request.path_params["digest"])
    row = request.path_params["row"]
    size = LARGE if request.query_params.get("size") == str(LARGE) else SMALL
    if dataset is None or not 0 <= row < len(dataset):
        return Response("No page of this server has opened that picture.", status_code=404)
    try:
        content = await run_in_threadpool(_jpeg, dataset, row, size)
    except ImageError as error:
        return Response(str(error), status_code=404)
    return Response(content, media_type="image/jpeg", headers=FOR_A_YEAR)


@lru_cache(maxsize=4096)
def _jpeg(dataset: Dataset, row: int, size: int) -> bytes:
    image = dataset.source.image(row)
    if min(image.size) < size:
        # Small pictures are enlarged here and not by the browser, which would blur or block them.
        factor = size / min(image.size)
        image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)
    else:
        image.thumbnail((size * 2, size), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
