"""Errors: of the table, with code, tag and sentence; and what only a process shows: dead, frozen, closed, forked."""

import os
import signal
import threading

import causeway
import pytest
from causeway import _errors

CODES = ["NOT_FOUND", "WRONG_TYPE", "INVALID", "TOO_LARGE", "UNAVAILABLE", "TIMEOUT", "NOT_YET", "OVERLOADED", "STORAGE_FULL",
         "UNAUTHENTICATED", "PERMISSION_DENIED", "INTERNAL"]


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_an_exception_that_says_all(code):
    error = _errors.error_of(code, "retryable", "What to do.", 2, 1)
    assert type(error).__name__.upper() == code.replace("_", "") and error.code == code
    assert isinstance(error, causeway.Error) and str(error) == f"{code}: What to do."
    assert (error.tag, error.sentence, error.needed, error.got) == ("retryable", "What to do.", 2, 1)
    assert (error.retryable, error.ambiguous, error.fatal) == (True, False, False)
    assert getattr(causeway, type(error).__name__) is type(error)


def test_exceptions_are_those_that_python_has_too():
    assert issubclass(causeway.Timeout, TimeoutError) and issubclass(causeway.Unavailable, ConnectionError)
    assert issubclass(causeway.WrongType, TypeError) and issubclass(causeway.NotFound, KeyError)


def test_wrong_type(client, key):
    client.set(key).add("x")
    with pytest.raises(causeway.WrongType) as caught:
        client.list(key).append("y")
    assert caught.value.fatal and caught.value.code == "WRONG_TYPE" and caught.value.sentence


def test_too_large(client, key):
    with pytest.raises(causeway.TooLarge):
        client.execute("set", b"k" * 1025, "x")
    with pytest.raises(causeway.TooLarge):
        client.execute("set", key, b"v" * (1 << 20) + b"v")


def test_nobody_to_connect_to_is_unavailable(node):
    nobody = node.host.rsplit(".", 1)[0] + ".253"
    with pytest.raises(causeway.Unavailable, match=nobody) as caught:
        causeway.connect(nobody, connect_timeout=0.1)
    assert caught.value.retryable
    for endpoints in [(), ("no such host:1:2",)]:
        with pytest.raises(causeway.Invalid):
            causeway.connect(*endpoints)
    with pytest.raises(TypeError):
        causeway.connect(node.endpoint, retries=3)


def test_a_topology_takes_the_place_of_endpoints(node, key):
    for topology in [node.topology, node.topology.read_text()]:
        with causeway.connect(topology=topology) as client:
            client[key] = "x"
            assert client[key] == b"x"
    with pytest.raises(causeway.Invalid):
        causeway.connect(topology="nonsense: [")


def test_a_dead_node_is_unavailable_and_comes_back(own_node, key):
    with causeway.connect(own_node.endpoint) as client:
        client.counter(key).increment()
        own_node.kill()
        read = client.counter(key).using(timeout=0.3)
        with pytest.raises((causeway.Unavailable, causeway.Timeout)) as caught:
            read.value()  # may have been on its way when the node died
        assert caught.value.retryable
        with pytest.raises(causeway.Unavailable) as caught:
            read.value()
        assert caught.value.retryable
        own_node.start()
        own_node.await_ready()
        assert client.counter(key).using(timeout=60).increment() == 2


def test_too_few_replicas_are_unavailable_and_the_rest_serves(three_nodes, key):
    with causeway.connect(*(each.endpoint for each in three_nodes)) as client:
        client.counter(key).increment()
        three_nodes[0].kill()
        with pytest.raises((causeway.Unavailable, causeway.Timeout)) as caught:
            client.counter(key).using(level="ALL", timeout=1).increment()
        assert (caught.value.needed, caught.value.got) == (3, 2)
        assert client.counter(key).using(timeout=60).increment() >= 2  # elsewhere, if need be


def test_a_frozen_node_is_a_timeout_and_a_write_is_ambiguous(own_node, key):
    with causeway.connect(own_node.endpoint) as client:
        counter = client.counter(key)
        counter.increment()
        own_node.freeze()
        with pytest.raises(causeway.Timeout) as caught:
            client.execute("counter.get", key, timeout=0.2)
        assert caught.value.retryable
        request = causeway.RequestId.new()
        with pytest.raises(causeway.Timeout) as caught:
            counter.using(timeout=0.2, request_id=request).increment()
        assert caught.value.ambiguous
        own_node.thaw()
        assert counter.using(request_id=request).increment() == 2
        assert counter.value() == 2


def test_too_many_calls_at_once_are_overloaded(node, key):
    with causeway.connect(node.endpoint, outstanding_max=10) as client:
        pipeline = client.pipeline()
        for _ in range(1000):
            pipeline.execute("get", key)
        answers = pipeline.run(raise_errors=False)
        assert sum(isinstance(each, causeway.Overloaded) for each in answers) > 0
        assert None in answers


def test_a_closed_client_is_unavailable(node, key):
    client = causeway.connect(node.endpoint)
    client.close()
    client.close()
    with pytest.raises(causeway.Unavailable, match="closed"):
        client.execute("get", key)
    with pytest.raises(causeway.Unavailable, match="closed"):
        client.status()


def test_closing_ends_calls_of_other_threads(own_node, key):
    client = causeway.connect(own_node.endpoint)
    own_node.freeze()
    caught = []

    def wait():
        try:
            client.execute("incr", key, timeout=60)
        except causeway.Error as error:
            caught.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while waiting.is_alive():
        client.close()
        waiting.join(0.05)
    assert isinstance(caught[0], causeway.Unavailable)


def test_an_interrupt_ends_the_wait(own_node, key):
    with causeway.connect(own_node.endpoint) as client:
        own_node.freeze()
        threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
        with pytest.raises(KeyboardInterrupt):
            client.execute("get", key, timeout=60)


def test_a_forked_process_must_connect_anew(node, client, key):
    client[key] = "x"
    child = os.fork()
    if child == 0:
        try:
            client[key]
        except RuntimeError:
            with causeway.connect(node.endpoint) as another:
                os._exit(0 if another[key] == b"x" else 1)
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert client[key] == b"x"
