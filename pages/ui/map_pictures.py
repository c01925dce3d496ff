"""Maps by address: a page leaves a picture here, named by its content, and the browser fetches what it shows.

Only what a page of this server has drawn can be asked for; an address can name neither a file nor a map to compute.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

from pages.ui.pictures import FOR_A_YEAR

MOST = 4096  # pictures of about 5 kB; those that nobody has drawn for the longest time are forgotten

_drawn: OrderedDict[str, bytes] = OrderedDict()
_alone = threading.Lock()


def map_address(picture: bytes) -> str:
    """Address of a picture below the server, which can be fetched from now on."""
    name = hashlib.sha256(picture).hexdigest()[:32]
    with _alone:
        _drawn[name] = picture
        _drawn.move_to_end(name)
        if len(_drawn) > MOST:
            _drawn.popitem(last=False)
    return f"/map/{name}.jpg"


def drawn(draw: Callable[..., np.ndarray], *of: Any) -> str:
    """Address of what `draw(*of)` gives, which is drawn and packed once for the same arguments."""
    return map_address(_packed(_digest(draw.__name__, *of), draw, of))


@st.cache_data(max_entries=MOST, show_spinner=False)
def _packed(digest: str, _draw: Callable[..., np.ndarray], _of: tuple[Any, ...]) -> bytes:
    from qscore_core.heatmaps import jpeg  # here, as torch comes with it: the server answers before that is imported

    del digest
    return jpeg(_draw(*_of))


def _digest(*of: Any) -> str:
    """Of arrays by their content; several times faster than Streamlit's own hash of an argument."""
    found = hashlib.blake2b(digest_size=16)
    for one in of:
        array = isinstance(one, np.ndarray)
        found.update(f"{one.dtype}{one.shape}".encode() + one.tobytes() if array else repr(one).encode())
    return found.hexdigest()


async def serve_map(request: Request) -> Response:
    picture = _drawn.get(request.path_params["name"])
    if picture is None:
        return Response("No page of this server has drawn that map lately.", status_code=404)
    return Response(picture, media_type="image/jpeg", headers=FOR_A_YEAR)
