"""One repository of the Hugging Face hub: what of it is in the local cache, and how the rest comes there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from qscore_core.errors import BadReferenceError, EncoderError
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.references import Reference

ID = re.compile(r"\w[\w.-]*/\w[\w.-]*")
CONFIG, WEIGHTS = "config.json", "model.safetensors"
PREPROCESSOR = "preprocessor_config.json"  # not every repository has one
EXTRA = "pip install '.[hub]'"


@dataclass(frozen=True)
class Repository:
    """`owner/name` as the hub knows it. Files are taken from its cache, wherever HF_HOME and the like put that."""

    id: str

    @property
    def owner(self) -> str:
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.id.partition("/")[2]

    def cached(self, file: str) -> Path | None:
        """Where a file of the repository lies on this machine, None where it does not."""
        found = library("huggingface_hub", self.id).try_to_load_from_cache(self.id, file)
        return Path(found) if isinstance(found, str) else None

    @property
    def is_at_hand(self) -> bool:
        return all(self.cached(file) for file in (CONFIG, WEIGHTS))

    def file(self, name: str) -> Path:
        """A file that must be in the cache. Raises EncoderError that says how it comes there."""
        path = self.cached(name)
        if path is None:
            raise EncoderError(
                f"`hub:{self.id}` is not in the hub's cache on this machine (`{name}` is missing). Fetch it with "
                f"`python -m qscore_core fetch hub:{self.id}` or on the Encoders page, or add `download=1` to the "
                "reference."
            )
        return path


def repository_of(reference: Reference) -> Repository:
    """Raises BadReferenceError for a reference that names no repository."""
    if not ID.fullmatch(reference.body):
        raise BadReferenceError(
            f"Reference `{reference}` should name a repository of the Hugging Face hub, as in "
            "`hub:timm/vit_small_patch16_224.dino` or `hub:facebook/dinov2-small`."
        )
    return Repository(reference.body)


def library(name: str, wanted_by: str) -> ModuleType:
    """An optional library. Raises EncoderError naming the extra where it is absent."""
    if find_spec(name) is None:
        raise EncoderError(f"`hub:{wanted_by}` needs the package `{name}`, which is not installed: {EXTRA}.")
    return __import__(name)


def fetch_repository(repository: Repository, on_progress: OnProgress = silent) -> tuple[Path, ...]:
    """Downloads what of the repository is needed and not in the cache; the hub's own library resumes by itself.

    Raises EncoderError that says what to do: no network, offline mode, no such repository, no safetensors in it.
    """
    hub = library("huggingface_hub", repository.id)
    files = (CONFIG, PREPROCESSOR, WEIGHTS)
    meter = Meter("downloading, files", len(files), on_progress)
    for count, file in enumerate(files, start=1):
        with _told(repository, file, hub), _quiet(hub):
            hub.hf_hub_download(repository.id, file)
        meter.update(count)
    return tuple(path for file in files if (path := repository.cached(file)))


@contextmanager
def _told(repository: Repository, file: str, hub: ModuleType) -> Iterator[None]:
    """Says in the user's words why a file did not come; a repository may do without a preprocessor."""
    try:
        yield
    except (hub.errors.LocalEntryNotFoundError, hub.errors.OfflineModeIsEnabled) as error:
        raise EncoderError(
            f"`hub:{repository.id}` is not in the hub's cache, and the hub cannot be reached: no network, or "
            "HF_HUB_OFFLINE is set. Where there is a network, fetch it there and copy the folder HF_HOME."
        ) from error
    except hub.errors.EntryNotFoundError as error:
        if file != PREPROCESSOR:
            raise EncoderError(
                f"`hub:{repository.id}` has no `{file}`: only networks stored as safetensors are opened. "
                "If there is another file, download it and use `file:PATH`."
            ) from error
    except hub.errors.HfHubHTTPError as error:
        raise EncoderError(
            f"The hub gives no repository `{repository.id}` (misspelt, private, or a licence has to be accepted "
            "there first)."
        ) from error


@contextmanager
def _quiet(hub: ModuleType) -> Iterator[None]:
    """Without the library's own words and bars on stderr."""
    level = hub.logging.get_verbosity()
    shown = not hub.utils.are_progress_bars_disabled()
    hub.logging.set_verbosity_error()
    hub.utils.disable_progress_bars()
    try:
        yield
    finally:
        hub.logging.set_verbosity(level)
        if shown:
            hub.utils.enable_progress_bars()
