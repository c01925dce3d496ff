"""Maps by address: a page leaves a picture here, named by its content, and the browser fetches what it shows.

Only what a page of this server has drawn can be asked for; an address can name neither a file nor a map to compute.
"""

import hashlib
import threading
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import Response

from pages.ui.pictures import FOR_A_YEAR

MOST = 4096  # pictures of about 5 kB; those that nobody has drawn for the longest time are forgotten

_drawn: OrderedDict[str, bytes] = OrderedDict()
_alone = threading.Lock()


def map_address(jpeg: bytes) -> str:
    """Address of a picture below the server, which can be fetched from now on."""
    name = hashlib.sha256(jpeg).hexdigest()[:32]
    with _alone:
        _drawn[name] = jpeg
        _drawn.move_to_end(name)
        if len(_drawn) > MOST:
            _drawn.popitem(last=False)
    return f"/map/{name}.jpg"


async def serve_map(request: Request) -> Response:
    jpeg = _drawn.get(request.path_params["name"])
    if jpeg is None:
        return Response("No page of this server has drawn that map lately.", status_code=404)
    return Response(jpeg, media_type="image/jpeg", headers=FOR_A_YEAR)
