"""Many people at once: sessions that speak to the server as browsers do, with moves of their own and time to think."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode

import numpy as np
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

MOVES, THINK_SECONDS = 5, (2.0, 8.0)
PAGES = ("", "features", "low_q", "image", "prediction")


@dataclass
class Session:
    """Seconds of the first page and of each move, and the bytes that came for each."""

    first: float = 0.0
    moves: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def sessions(address: str, count: int) -> list[Session]:
    """Runs them all at the same time; every move is another view: another page or another epsilon."""
    return asyncio.run(_together(address.replace("http", "ws", 1), count))


async def _together(address: str, count: int) -> list[Session]:
    return await asyncio.gather(*(_one(address, np.random.default_rng(number)) for number in range(count)))


async def _one(address: str, rng: np.random.Generator) -> Session:
    found = Session()
    await asyncio.sleep(float(rng.uniform(0, THINK_SECONDS[1])))
    how = {"subprotocols": ["streamlit"], "max_size": None, "open_timeout": 300, "ping_timeout": None}
    async with websockets.connect(f"{address}/_stcore/stream", **how) as socket:
        steps = [await _see(socket, "", {}) for _ in range(2)]  # as a browser asks for them
        found.first = sum(seconds for seconds, _ in steps)
        for _ in range(MOVES):
            await asyncio.sleep(float(rng.uniform(*THINK_SECONDS)))
            view = {"epsilon": f"{rng.choice([2.2, 2.4, 2.6, 3.0]):g}"}
            seconds, size = await _see(socket, str(rng.choice(PAGES)), view)
            found.moves.append(seconds)
            found.sizes.append(size)
    return found


async def _see(socket: websockets.ClientConnection, page: str, view: dict[str, str]) -> tuple[float, int]:
    """Asks for a view and waits until the run that answers has ended; seconds and bytes."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = urlencode({"encoder": "habitats:simclr", "data": "habitats", **view})
    began, size, ours = perf_counter(), 0, False
    await socket.send(message.SerializeToString())
    while True:
        content = await socket.recv()
        size += len(content)
        told = ForwardMsg.FromString(content)
        ours |= told.WhichOneof("type") == "new_session"
        if ours and told.WhichOneof("type") == "script_finished":
            return perf_counter() - began, size
