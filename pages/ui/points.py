"""Numbers for the browser by address: what a component draws is fetched once as bytes and never sent as a message.

An address is the digest of the content, so that equal content is fetched once and nothing else can be asked for.
"""

import hashlib
import threading
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import Response

from pages.ui.pictures import FOR_A_YEAR

MOST_BYTES = 256 << 20  # of all sessions together; what was offered longest ago goes first
_offered: OrderedDict[str, bytes] = OrderedDict()
_guard = threading.Lock()


def offer_bytes(content: bytes) -> str:
    """Address at which the content can be fetched from now on."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    with _guard:
        _offered[digest] = content
        _offered.move_to_end(digest)
        while sum(map(len, _offered.values())) > MOST_BYTES and len(_offered) > 1:
            _offered.popitem(last=False)
    return f"/points/{digest}.bin"


async def serve_points(request: Request) -> Response:
    with _guard:
        content = _offered.get(request.path_params["digest"])
    if content is None:
        return Response("No page of this server offers these points any more. Load the page again.", status_code=404)
    return Response(content, media_type="application/octet-stream", headers=FOR_A_YEAR)
