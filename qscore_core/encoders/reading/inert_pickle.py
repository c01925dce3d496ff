"""A pickle reader that can run nothing: it stands in for Python's `pickle` module in torch.load.

Written on the pure-Python unpickler, whose instructions can be replaced one by one. No name in the file is ever
imported: the few in `stand_ins` mean their harmless versions, every other one an `Inert` value that swallows whatever
is done to it.
"""

import pickle
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, ClassVar

import torch

from qscore_core.encoders.reading.content import Inert
from qscore_core.encoders.reading.refusal import damaged, hostile, readable
from qscore_core.encoders.reading.stand_ins import MAX_NAME, STAND_INS, Known, NumberType, checked_key

SHOWN = 100  # characters of a name that came out of a file
Dispatch = dict[int, Callable[..., None]]
REMOVED = (
    *(pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.PERSID),
    *(pickle.BYTEARRAY8, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER),
)
# what makes tensors -> the method below that does
REBUILDING = {
    ("torch._utils", "_rebuild_tensor_v2"): "rebuild_tensor",
    ("torch._utils", "_rebuild_parameter"): "rebuild_parameter",
    ("torch._utils", "_rebuild_parameter_with_state"): "rebuild_parameter",
    ("torch._tensor", "_rebuild_from_type_v2"): "rebuild_from_type",
}


class Unpickler(pickle._Unpickler):  # type: ignore[name-defined]
    """Follows a pickle whose instructions `take_pickle` has seen and whose claims `survey` has checked."""

    dispatch: ClassVar[Dispatch] = {
        code: load
        for code, load in pickle._Unpickler.dispatch.items()  # type: ignore[attr-defined]
        if bytes([code]) not in REMOVED
    }

    def find_class(self, module: str, name: str) -> Any:
        """What a global stands for; imports nothing."""
        if not isinstance(module, str) or not isinstance(name, str) or len(module) + len(name) > MAX_NAME:
            raise hostile("names a Python object by something that is no name")
        rebuilding = REBUILDING.get((module, name))
        if rebuilding:
            return Known(getattr(self, rebuilding))
        stand_in = STAND_INS.get((module, name))
        return self.refuse(readable(f"{module}.{name}")[:SHOWN]) if stand_in is None else stand_in

    def refuse(self, name: str) -> Inert:
        """The inert value for a name that is not followed."""
        return Inert(name)

    def charge(self, effort: int) -> None:
        """Called with the number of values that an instruction is about to touch."""

    def rebuild(self, storage: Any, offset: Any, shape: Any, stride: Any) -> Any:
        """A tensor as a view of a storage."""
        return torch._utils._rebuild_tensor_v2(storage, offset, shape, stride, False, {})

    def rebuild_tensor(self, *arguments: Any) -> Any:
        """torch._utils._rebuild_tensor_v2, without gradients and hooks."""
        if len(arguments) not in (6, 7) or (arguments[6:] and arguments[6]):
            raise damaged("a tensor in it is not described as torch does")
        return self.rebuild(*arguments[:4])

    def rebuild_parameter(self, tensor: Any, *_: Any) -> Any:
        """torch._utils._rebuild_parameter: the tensor alone."""
        return tensor

    def rebuild_from_type(self, function: Any, kind: Any, arguments: Any, state: Any) -> Any:
        """torch._tensor._rebuild_from_type_v2: the tensor without the attributes in `state`."""
        del kind, state
        return self.call(function, arguments)

    def call(self, function: Any, arguments: Any) -> Any:
        if not isinstance(arguments, tuple | list):
            raise damaged("its pickle calls something without arguments")
        self.charge(len(arguments))
        if isinstance(function, Inert):
            return function
        if not isinstance(function, Known):
            raise damaged("its pickle calls something that is no function")
        if arguments and isinstance(arguments[0], tuple | list):
            self.charge(len(arguments[0]))
        result = function.function(*arguments)
        return self.refuse(result.name) if isinstance(result, Inert) else result

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        self.stack[-1] = self.call(self.stack[-1], arguments)

    def load_newobj_ex(self) -> None:
        self.stack.pop()  # the keyword arguments
        self.load_reduce()

    def _instantiate(self, klass: Any, args: Any) -> None:
        self.append(self.call(klass, args))

    def load_build(self) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], dict) and isinstance(state, dict):  # a state dict's `_metadata`
            self.charge(len(state))
        elif not isinstance(self.stack[-1], Inert | NumberType):
            raise damaged("its pickle sets the state of something that has none")

    def load_binpersid(self) -> None:
        identity = self.stack.pop()
        if isinstance(identity, tuple) and len(identity) > 1 and identity[0] == "module":
            self.append(identity[1])  # torch would look for the module's source code
        else:
            self.append(self.persistent_load(identity))

    def set_items(self, target: Any, items: list[Any]) -> None:
        if isinstance(target, dict):
            for key, value in zip(items[::2], items[1::2], strict=True):
                target[checked_key(key)] = value
        elif not isinstance(target, Inert):
            raise damaged("its pickle puts entries into something that is no dict")

    def load_setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.set_items(self.stack[-1], [key, value])

    def load_setitems(self) -> None:
        items = self.pop_mark()
        self.set_items(self.stack[-1], items)

    def load_dict(self) -> None:
        items = self.pop_mark()
        self.append({})
        self.set_items(self.stack[-1], items)

    def extend(self, items: Iterable[Any]) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(items)
        elif not isinstance(self.stack[-1], Inert):
            raise damaged("its pickle appends to something that is no list")

    def load_append(self) -> None:
        item = self.stack.pop()
        self.extend([item])

    def load_appends(self) -> None:
        items = self.pop_mark()
        self.extend(items)

    def load_empty_set(self) -> None:
        self.append(Inert("set"))

    def load_additems(self) -> None:
        self.pop_mark()

    def load_frozenset(self) -> None:
        self.pop_mark()
        self.append(Inert("frozenset"))

    _own: ClassVar[dict[bytes, Callable[..., None]]] = {
        pickle.REDUCE: load_reduce,
        pickle.NEWOBJ: load_reduce,
        pickle.NEWOBJ_EX: load_newobj_ex,
        pickle.BUILD: load_build,
        pickle.BINPERSID: load_binpersid,
        pickle.SETITEM: load_setitem,
        pickle.SETITEMS: load_setitems,
        pickle.DICT: load_dict,
        pickle.APPEND: load_append,
        pickle.APPENDS: load_appends,
        pickle.EMPTY_SET: load_empty_set,
        pickle.ADDITEMS: load_additems,
        pickle.FROZENSET: load_frozenset,
    }
    dispatch.update({code[0]: load for code, load in _own.items()})


def load(file: BinaryIO, *, encoding: str = "utf-8") -> Any:
    """What pickle.load is called like."""
    return Unpickler(file, encoding=encoding).load()
