"""The few functions that a pickle may call while it is read, each a harmless version of its namesake.

They take what the file gives and return plain values; whatever else the file gives them becomes inert.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from qscore_core.encoders.reading.content import Inert
from qscore_core.encoders.reading.refusal import damaged, hostile

NUMBERS = frozenset(f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)) | {"f2", "f4", "f8", "b1"}
MAX_NAME = 1024  # characters of a module, a class or a key
MAX_ENCODED = 64  # characters; a numpy scalar has at most 8
DTYPES = (
    *("float64", "float32", "float16", "bfloat16", "complex64", "complex128"),
    *("int64", "int32", "int16", "int8", "uint8", "bool"),
)
STORAGES = {
    **{"DoubleStorage": torch.float64, "FloatStorage": torch.float32, "HalfStorage": torch.float16},
    **{"BFloat16Storage": torch.bfloat16, "LongStorage": torch.int64, "IntStorage": torch.int32},
    **{"ShortStorage": torch.int16, "CharStorage": torch.int8, "ByteStorage": torch.uint8},
    **{"BoolStorage": torch.bool, "ComplexFloatStorage": torch.complex64, "ComplexDoubleStorage": torch.complex128},
}


@dataclass(frozen=True)
class Known:
    """A function that a pickle may call: besides `Inert`, the only thing that can be called at all."""

    function: Callable[..., Any]


@dataclass(frozen=True)
class NumberType:
    """A numpy dtype by its short name (`f8`)."""

    code: str


def mapping(*arguments: Any) -> dict[Any, Any]:
    """OrderedDict() or OrderedDict(pairs)."""
    result: dict[Any, Any] = {}
    for pair in arguments[0] if arguments else ():
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise damaged("an OrderedDict in it is not made of pairs")
        result[checked_key(pair[0])] = pair[1]
    return result


def default_mapping(*factory: Any) -> dict[Any, Any]:
    """defaultdict(factory); the factory is never called."""
    del factory
    return {}


def collection(*arguments: Any) -> tuple[Any, ...]:
    """set(values), as a tuple."""
    return tuple(sorted(map(checked_key, arguments[0] if arguments else ()), key=str))


def size(*arguments: Any) -> tuple[Any, ...]:
    """torch.Size(numbers)."""
    (numbers,) = arguments or ((),)
    return tuple(numbers)


def device(*arguments: Any) -> str:
    """torch.device("cuda", 0), as text."""
    return ":".join(str(argument) for argument in arguments if isinstance(argument, str | int))


def number_type(code: Any, *flags: Any) -> NumberType | Inert:
    """numpy.dtype(code, ...)."""
    del flags
    return NumberType(code) if isinstance(code, str) and code in NUMBERS else Inert("numpy.dtype")


def number(kind: Any, data: Any = b"") -> bool | int | float | Inert:
    """numpy's scalar(dtype, bytes), as a Python number."""
    if not isinstance(kind, NumberType) or not isinstance(data, bytes) or len(data) != int(kind.code[1:]):
        return Inert("numpy scalar")
    return np.frombuffer(data, np.dtype(kind.code))[0].item()


def encoded(text: Any, encoding: Any = "utf-8") -> bytes | Inert:
    """_codecs.encode(text, "latin1"), the way in which protocol 2 writes short bytes; any other codec is refused."""
    if not isinstance(text, str) or encoding != "latin1" or len(text) > MAX_ENCODED:
        return Inert("_codecs.encode")
    return text.encode("latin1", errors="replace")


def checked_key(key: Any) -> Any:
    """A key of a dict that is quickly hashed and compared: nested tuples and long strings may take for ever."""
    parts = key if isinstance(key, tuple) else (key,)
    if len(parts) > 8 or not all(isinstance(part, str | int | float | None | Inert) for part in parts):
        raise hostile("has a dict whose keys are no plain values")
    if any(isinstance(part, str) and len(part) > MAX_NAME for part in parts):
        raise hostile(f"has a key of more than {MAX_NAME:,} characters")
    return key


STAND_INS: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): Known(mapping),
    ("collections", "defaultdict"): Known(default_mapping),
    ("__builtin__", "set"): Known(collection),
    ("builtins", "set"): Known(collection),
    ("torch", "Size"): Known(size),
    ("torch", "device"): Known(device),
    ("torch", "Tensor"): "torch.Tensor",
    ("torch.nn.parameter", "Parameter"): "torch.nn.parameter.Parameter",
    ("numpy", "dtype"): Known(number_type),
    ("numpy.core.multiarray", "scalar"): Known(number),  # numpy 1
    ("numpy._core.multiarray", "scalar"): Known(number),  # numpy 2
    ("_codecs", "encode"): Known(encoded),
    **{("torch", name): f"torch.{name}" for name in DTYPES},
    **{(module, name): dtype for module in ("torch", "torch.cuda") for name, dtype in STORAGES.items()},
}
