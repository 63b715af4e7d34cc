"""Many commands at once: their order, errors among them, handles, sizes."""

import causeway
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import new_key


def test_answers_come_in_the_order_of_the_commands(client, key):
    pipeline = client.pipeline()
    for i in range(1000):
        pipeline.execute("set", f"{key}:{i}", i)
    assert len(pipeline) == 1000 and pipeline.run() == ["OK"] * 1000 and len(pipeline) == 0
    for i in range(1000):
        pipeline.execute("get", f"{key}:{i}")
    assert pipeline.run() == [b"%d" % i for i in range(1000)]


def test_more_commands_than_may_be_under_way_at_once(client, key):
    pipeline = client.pipeline()
    for i in range(100_000):
        pipeline.execute("counter.add", f"{key}:{i % 10}", 1)
    assert len(pipeline.run()) == 100_000
    assert [client.counter(f"{key}:{i}").value() for i in range(10)] == [10_000] * 10


def test_an_empty_pipeline_has_no_answers(client):
    assert client.pipeline().run() == []


def test_one_that_fails_does_not_touch_the_others(client, key):
    client.set(key).add("x")
    pipeline = client.pipeline()
    pipeline.execute("set", key + "a", 1)
    pipeline.execute("incr", key)
    pipeline.execute("nonsense")
    pipeline.execute("get", key + "a")
    answers = pipeline.run(raise_errors=False)
    assert answers[0] == "OK" and answers[3] in (None, b"1")
    assert isinstance(answers[1], causeway.WrongType) and isinstance(answers[2], causeway.Invalid)
    pipeline.execute("set", key + "b", 1)
    pipeline.execute("incr", key)
    with pytest.raises(causeway.WrongType):
        pipeline.run()
    assert pipeline.results[0] == "OK" and client[key + "b"] == b"1"


def test_handles_of_a_pipeline_answer_what_others_do(client, key):
    with client.pipeline() as pipeline:
        assert pipeline.counter(key + "n").increment(3) is None
        pipeline.set(key + "s").add("x", "y")
        pipeline.map(key + "m").set("tags").add("t")
        pipeline.string(key + "a").set("A")
        pipeline.flag(key + "f").value()
        pipeline.sorted_set(key + "z").pop_min()
    assert pipeline.results == [3, 2, 1, None, False, None]
    assert client.map(key + "m").set("tags").members() == {b"t"}


def test_what_is_missing_is_an_answer_of_its_own(client, key):
    pipeline = client.pipeline()
    pipeline.set(key).ttl()
    pipeline.string(key).get()
    answers = pipeline.run(raise_errors=False)
    assert isinstance(answers[0], KeyError) and answers[1] is None


def test_a_command_of_a_pipeline_has_no_options_of_its_own(client, key):
    with pytest.raises(TypeError, match="give them to pipeline"):
        client.pipeline().counter(key, timeout=1).increment()


def test_a_block_that_fails_runs_nothing(client, key):
    with pytest.raises(ZeroDivisionError):
        with client.pipeline() as pipeline:
            pipeline.string(key).set("x")
            1 / 0
    assert key not in client


def test_options_of_a_pipeline_are_of_all_its_commands(client, key):
    pipeline = client.pipeline(level=2)
    pipeline.execute("set", key, 1)
    pipeline.string(key).get()
    assert all(isinstance(each, causeway.Invalid) for each in pipeline.run(raise_errors=False))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-1000, 1000)), max_size=40))
def test_increments_add_up_in_any_order(client, increments):
    name = new_key()
    with client.pipeline() as pipeline:
        for which, by in increments:
            pipeline.counter(name + which).increment(by)
    for which in "abc":
        assert client.counter(name + which).value() == sum(by for each, by in increments if each == which)
