"""The scripts of Streamlit that most pages need, named ahead in the HTML so that they are fetched at once.

Streamlit fetches the script of a kind of element when it first draws one, and only then learns what that needs in turn:
several rounds to the server before a page is whole. Its own manifest says which file holds what.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

MANIFEST = Path(st.__file__).parent / "static" / "manifest.json"
WIDGETS = ("BidiComponent", "Button", "ButtonGroup", "Checkbox", "Multiselect", "Pagination", "Selectbox", "Slider")
ENTRY = "index.html"


@cache
def preloads() -> str:
    """For the head of the page: links to all files that are needed, and a script that runs those of the elements.

    What is not run when it is first drawn is drawn as a blank first, and React keeps that for 0.3 s.
    """
    manifest = json.loads(MANIFEST.read_text())
    known = set(_needed(manifest, ENTRY))
    wanted = [key for key in manifest if manifest[key].get("name") in WIDGETS and "/widgets/" in key]
    files = dict.fromkeys(file for key in wanted for file in _needed(manifest, key) if file not in known)
    links = "".join(f'<link rel="modulepreload" crossorigin href="./{file}">' for file in files)
    imports = "".join(f'import "./{manifest[key]["file"]}";' for key in wanted)
    return f'{links}<script type="module">{imports}</script>'


def _needed(manifest: dict[str, Any], key: str) -> Iterator[str]:
    """The file of an entry and all that it imports, each once."""
    waiting, seen = [key], {key}
    while waiting:
        entry = manifest[waiting.pop()]
        yield entry["file"]
        fresh = [name for name in entry.get("imports", []) if name not in seen]
        seen.update(fresh)
        waiting += fresh
