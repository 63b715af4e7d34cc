"""What a typed program does with the package; mypy --strict accepts it."""

from __future__ import annotations

import causeway
from causeway import aio


def use(client: causeway.Client[bytes]) -> int:
    views: causeway.Counter[bytes] = client.counter("views", level="ONE")
    views += 3
    names: set[bytes] = client.set("names").members()
    for name in client.set("names"):
        names.add(name)
    best: tuple[bytes, float] | None = client.sorted_set("board").pop_max()
    nested: causeway.Set[bytes] = client.map("user").map("cart").set("fruit")
    client.sorted_set("board").add({"eva": 1.5, "bob": 2})
    with client.pipeline(timeout=1.5) as pipeline:
        pipeline.execute("set", "k", b"v", 1, 1.5)
        pipeline.counter("n").increment()
    try:
        client["k"] = "v"
    except causeway.Timeout as error:
        if error.ambiguous:
            print(error.code, error.sentence, error.needed)
    request = causeway.RequestId.new(lifetime=60)
    client.counter("n").using(request_id=request, timeout=0.5).increment()
    items: list[bytes] = client.list("l")[1:3]
    return int(views) + len(names) + len(nested) + (0 if best is None else 1) + len(items)


def use_text(endpoint: str) -> str:
    with causeway.connect(endpoint, text=True, level="ALL") as client:
        value: str = client["greeting"]
        return value


async def use_aio(endpoint: str) -> int:
    async with await aio.connect(endpoint) as client:
        names: set[bytes] = await client.set("names").members()
        async for name in client.set("names"):
            names.add(name)
        value: int = await client.counter("views").increment(2)
        pipeline = client.pipeline()
        pipeline.counter("n").increment()
        await pipeline.run(raise_errors=False)
        return value + len(names)
