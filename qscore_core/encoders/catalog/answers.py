"""Why a download did not come about, in the user's words."""

import http
import urllib.error

from qscore_core.errors import EncoderError
from qscore_core.workspace import format_bytes

BRING = "If you have the file, give it with `--file PATH`."
WHY = {
    http.HTTPStatus.NOT_FOUND: "the file is no longer there (404)",
    http.HTTPStatus.GONE: "the file is no longer there (410)",
    http.HTTPStatus.FORBIDDEN: "the server refuses to give the file away (403)",
    http.HTTPStatus.UNAUTHORIZED: "the server asks for a login (401)",
    http.HTTPStatus.TOO_MANY_REQUESTS: "the server asks to come back later (429)",
}


def refused(address: str, error: urllib.error.HTTPError) -> EncoderError:
    """The server answered, but not with the file."""
    why = WHY.get(http.HTTPStatus(error.code)) if error.code in set(http.HTTPStatus) else None
    return EncoderError(f"Nothing was downloaded from {address}: {why or f'it answers {error.code}'}. {BRING}")


def no_connection(address: str, error: Exception, have: int) -> EncoderError:
    """There is no network, or no longer; `have` bytes were received before and are kept."""
    why = getattr(error, "reason", None) or str(error) or type(error).__name__
    kept = f" The {format_bytes(have)} received so far are kept: the same command goes on from there." if have else ""
    return EncoderError(f"{address} cannot be reached: no network ({why}).{kept} {BRING}")
