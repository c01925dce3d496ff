"""One file over HTTP, resumed where it stopped: as long as the server says that the file is still the same."""

import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from qscore_core.encoders.catalog.answers import no_connection, refused
from qscore_core.errors import EncoderError
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.workspace import format_bytes, read_json, write_json, writing

CHUNK = 1 << 20
KILOBYTE = 1000
SILENCE_SECONDS = 60.0  # without a byte, after which the connection counts as lost
HEADERS = {"User-Agent": "qscore-lab", "Accept-Encoding": "identity"}

Answer = http.client.HTTPResponse


@dataclass(frozen=True)
class Version:
    """Which version of a file a part belongs to; `validator` is what the server recognises it by (If-Range)."""

    address: str
    validator: str
    total: int


class _OtherVersionError(Exception):
    """The server no longer has the version that the part belongs to."""


def download(address: str, part: Path, longest: int, on_progress: OnProgress = silent) -> None:
    """Writes the file behind `address` to `part`, going on with what is there if that is the same version of it.

    `longest` is the most bytes to accept. Raises EncoderError that says what to do; what was received stays.
    """
    try:
        _go_on(address, part, longest, on_progress)
    except _OtherVersionError:
        discard(part)
        _go_on(address, part, longest, on_progress)


def discard(part: Path) -> None:
    """Forgets what was received."""
    for path in (part, _note(part)):
        path.unlink(missing_ok=True)


def _go_on(address: str, part: Path, longest: int, on_progress: OnProgress) -> None:
    known = _known_version(address, part)
    start = part.stat().st_size if known else 0
    if known and start == known.total:
        return
    try:
        with _ask(address, known, start) as answer:
            _require_file(address, answer)
            if answer.status != http.HTTPStatus.PARTIAL_CONTENT or known is None:
                start, known = 0, _version(address, answer)
            _require_same(known, start, answer)
            _require_room(known, start, part, longest)
            received = _write(answer, part, start, known, on_progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
            raise _OtherVersionError from error
        raise refused(address, error) from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise no_connection(address, error, part.stat().st_size if part.exists() else 0) from error
    if known.total and received != known.total:
        raise EncoderError(
            f"The connection to {address} broke after {format_bytes(received)} of {format_bytes(known.total)}. "
            "Run the same command again: it goes on from there."
        )


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _known_version(address: str, part: Path) -> Version | None:
    """The version that the part belongs to; None where a server could not be asked for the rest of just that one."""
    with suppress(OSError, ValueError, TypeError):
        version = Version(**read_json(_note(part)))
        if version.address == address and version.validator and 0 < part.stat().st_size <= version.total:
            return version
    return None


def _ask(address: str, known: Version | None, start: int) -> Answer:
    headers = {**HEADERS, "Range": f"bytes={start}-", "If-Range": known.validator} if known else HEADERS
    return urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=SILENCE_SECONDS)


def _version(address: str, answer: Answer) -> Version:
    return Version(address, _validator(answer.headers), int(answer.headers.get("Content-Length") or 0))


def _validator(headers: Mapping[str, str]) -> str:
    """A strong ETag, else the time of the last change; empty where the server gives neither."""
    tag = headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")


def _require_file(address: str, answer: Answer) -> None:
    if answer.headers.get_content_type() == "text/html":
        raise EncoderError(
            f"{address} answers with a web page instead of the file. Open it in a browser (a login, a licence or a "
            "download limit may stand before it), save the file and give it with `--file PATH`."
        )


def _require_same(known: Version, start: int, answer: Answer) -> None:
    """Servers that do not know If-Range answer with the rest of whatever is there now."""
    wanted = f"bytes {start}-{known.total - 1}/{known.total}"
    if start and (answer.headers.get("Content-Range"), _validator(answer.headers)) != (wanted, known.validator):
        raise _OtherVersionError


def _require_room(known: Version, start: int, part: Path, longest: int) -> None:
    if known.total > longest:
        raise EncoderError(
            f"{known.address} has {format_bytes(known.total)}, more than the {format_bytes(longest)} that a "
            "checkpoint may have here. It is not what the catalog means."
        )
    free = shutil.disk_usage(part.parent).free
    if known.total - start > free:
        raise EncoderError(
            f"{known.address} needs {format_bytes(known.total - start)} in `{part.parent}`, where "
            f"{format_bytes(free)} are free. Free some space, or choose another folder with `--workspace`."
        )


def _write(answer: Answer, part: Path, start: int, version: Version, on_progress: OnProgress) -> int:
    """Appends the answer to the part; returns how many bytes of the file are there now."""
    received = start
    meter = Meter("downloading, kB", version.total // KILOBYTE, on_progress, start_at=start // KILOBYTE)
    with writing(part):
        if not start:
            discard(part)  # before the note: no bytes may ever stand beside the note of another version
            write_json(_note(part), asdict(version))
        with part.open("ab") as file:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                received += len(chunk)
                if version.total:
                    meter.update(received // KILOBYTE)
    return received
