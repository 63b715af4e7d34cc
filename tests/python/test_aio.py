"""causeway.aio: the same, as coroutines; cancelling, many at once, and the life of a client in its loop."""

import asyncio
import gc

import causeway
import pytest
from causeway import aio


def turn():
    """One turn of the loop, in which tasks begin their calls."""
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(future.set_result, None)
    return future


def with_client(node, scenario, **options):
    async def main():
        async with await aio.connect(node.endpoint, **options) as client:
            return await scenario(client)

    return asyncio.run(main())


def test_a_thousand_operations_gathered(node, key):
    async def scenario(client):
        counter = client.counter(key)
        answers = await asyncio.gather(*(counter.increment() for _ in range(1000)))
        assert sorted(answers)[-1] == await counter.value() == 1000

    with_client(node, scenario)


def test_every_type(node, key):
    async def scenario(client):
        await client.set(key + "s").add("x", "y")
        assert {each async for each in client.set(key + "s")} == {b"x", b"y"}
        assert await client.set(key + "s").contains("x") and await client.set(key + "s").size() == 2
        await client.list(key + "l").append(*range(1500))
        assert [int(each) async for each in client.list(key + "l")] == list(range(1500))
        await client.sorted_set(key + "z").add({"b": 2, "a": 1})
        assert [each async for each in client.sorted_set(key + "z")] == [b"a", b"b"]
        user = client.map(key + "m")
        await user.put("name", "ada")
        assert await user.map("deep").counter("n").increment(2) == 2
        assert [each async for each in user] == [b"deep", b"name"]
        await client.remove_wins_set(key + "r").add("x")
        assert [each async for each in client.remove_wins_set(key + "r")] == [b"x"]
        await client.grow_set(key + "g").add("x")
        assert [each async for each in client.grow_set(key + "g")] == [b"x"]
        await client.flag(key + "f").enable()
        assert await client.flag(key + "f").value() is True
        assert await client.max(key + "p").set(9) == 9 and await client.min(key + "q").set(9) == 9
        assert await client.bounded_counter(key + "b").add(3) == 3
        await client.hyperloglog(key + "h").add("x")
        assert await client.hyperloglog(key + "h").count() == 1
        await client.register(key + "x").put("1")
        assert await client.register(key + "x").siblings() == [b"1"]
        await client.string(key + "t").set("1", expire=100)
        assert 90 < await client.string(key + "t").ttl() <= 100
        with pytest.raises(KeyError):
            await client.string(key + "none").ttl()
        assert await client.type(key + "z") == "zset" and await client.type(key + "none") is None
        assert await client.exists(key + "z", key + "none") == 1 and await client.delete(key + "z") == 1
        assert client.datacenter == "home"

    with_client(node, scenario)


def test_text_and_errors(node, key):
    async def scenario(client):
        await client.execute("set", key, "Grüße")
        assert await client.execute("get", key) == "Grüße"
        with pytest.raises(causeway.WrongType):
            await client.set(key).add("x")
        with pytest.raises(causeway.Invalid):
            await client.execute("nonsense")
        with pytest.raises(TypeError):
            await client.execute("set", key, None)
        await client.execute("set", key, b"\xff")
        with pytest.raises(UnicodeDecodeError):
            await client.execute("get", key)

    with_client(node, scenario, text=True)


def test_pipeline(node, key):
    async def scenario(client):
        pipeline = client.pipeline()
        pipeline.counter(key).increment(3)
        pipeline.set(key + "s").add("x")
        pipeline.execute("nonsense")
        answers = await pipeline.run(raise_errors=False)
        assert answers[:2] == [3, 1] and isinstance(answers[2], causeway.Invalid)
        assert await pipeline.run() == []

    with_client(node, scenario)


def test_a_cancelled_call_ends_its_wait_and_no_other(own_node, key):
    async def scenario(client):
        counter = client.counter(key)
        own_node.freeze()
        cancelled = asyncio.create_task(counter.increment())
        other = asyncio.create_task(counter.increment())
        await turn()
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        own_node.thaw()
        assert await other in (1, 2)
        with pytest.raises(asyncio.TimeoutError):
            own_node.freeze()
            await asyncio.wait_for(counter.increment(), 0.05)
        own_node.thaw()
        assert await counter.value() in (1, 2, 3)

    with_client(own_node, scenario, try_timeout=30, timeout=60)


def test_timeouts_are_exceptions_of_both_kinds(own_node, key):
    async def scenario(client):
        own_node.freeze()
        with pytest.raises(causeway.Timeout) as caught:
            await client.counter(key).using(timeout=0.1).increment()
        assert caught.value.ambiguous
        with pytest.raises(TimeoutError):
            await client.execute("get", key, timeout=0.1)
        own_node.thaw()

    with_client(own_node, scenario)


def test_the_loop_runs_on_while_calls_are_under_way(own_node, key):
    async def scenario(client):
        own_node.freeze()
        call = asyncio.create_task(client.execute("set", key, "x", timeout=60))
        for _ in range(1000):
            await turn()
        assert not call.done()
        own_node.thaw()
        assert await call == "OK"

    with_client(own_node, scenario)


def test_closing_ends_what_is_under_way(own_node, key):
    async def main():
        client = await aio.connect(own_node.endpoint)
        own_node.freeze()
        calls = [asyncio.create_task(client.execute("incr", key, timeout=60)) for _ in range(10)]
        await turn()
        await client.close()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(each, causeway.Unavailable) for each in answers)
        with pytest.raises(causeway.Unavailable):
            await asyncio.wait_for(client.execute("get", key), 10)

    asyncio.run(main())


def test_a_client_is_of_its_loop(node, key):
    async def connect():
        return await aio.connect(node.endpoint)

    client = asyncio.run(connect())

    async def use():
        with pytest.raises(RuntimeError, match="another event loop"):
            await client.execute("get", key)

    asyncio.run(use())


def test_a_loop_that_ends_with_calls_under_way_leaves_nothing(own_node, key):
    async def main():
        client = await aio.connect(own_node.endpoint)
        own_node.freeze()
        asyncio.create_task(client.execute("incr", key))
        await turn()

    asyncio.run(main())
    own_node.thaw()
    gc.collect()


def test_nobody_to_connect_to_is_unavailable(node):
    async def main():
        with pytest.raises(causeway.Unavailable):
            await aio.connect(node.host.rsplit(".", 1)[0] + ".253", connect_timeout=0.1)

    asyncio.run(main())
