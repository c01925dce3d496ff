"""One published encoder: what its authors say of it, where its file is, and how it is to be loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

BRING = "bring the file yourself"


@dataclass(frozen=True)
class Reported:
    """Accuracy of a linear probe as published: `top1` in per cent on `dataset`, said in `source`."""

    top1: float
    dataset: str
    source: str


@dataclass(frozen=True)
class Checksum:
    """The first hex digits of a file's digest, and who published them."""

    kind: Literal["md5", "sha256"]
    digits: str
    source: str


@dataclass(frozen=True)
class CatalogEntry:
    """A row of the catalog. `name` is the body of its reference, `dim` the length r of its representations.

    `address` is empty where the file has to be brought; `bring` then says where people found it. `options` are what
    the reference adds to the preset. `unverified` are sentences on what nobody checked; never empty.
    """

    name: str
    title: str
    method: str
    arch: str
    dim: int
    codebase: str
    page: str
    address: str
    reported: Reported | None
    caveat: str
    preset: str
    checksum: Checksum | None
    licence: str
    bring: str
    unverified: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return f"catalog:{self.name}"

    @property
    def file_name(self) -> str:
        """The name that the file has where it is published; for brought files one of ours."""
        path = PurePosixPath(unquote(urlsplit(self.address).path)).name
        return path or f"{PurePosixPath(self.name).name}.pth"

    @property
    def words(self) -> str:
        """Everything a person may look for, in lower case."""
        parts = (self.name, self.title, self.method, self.arch, self.codebase, self.licence, self.caveat)
        about = (self.reported.dataset,) if self.reported else ()
        return " ".join((*parts, *about)).lower()
