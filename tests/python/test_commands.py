"""execute(): any command of the table, its words, its answers, and its options."""

import causeway
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import new_key


def test_answers_are_bytes_and_words_of_the_store_are_str(client, key):
    assert client.execute("set", key, "value") == "OK"
    assert client.execute("get", key) == b"value"
    assert client.execute("type", key) == "string"


def test_with_text_answers_are_str(texts, key):
    texts.execute("set", key, "Grüße")
    assert texts.execute("get", key) == "Grüße"
    assert texts.execute("sadd", key + "s", "ä") == 1
    assert texts.execute("smembers", key + "s") == {"ä"}


def test_a_reply_that_is_no_text_raises_and_the_next_call_works(texts, key):
    texts.execute("set", key, b"\xff")
    with pytest.raises(UnicodeDecodeError):
        texts.execute("get", key)
    assert texts.execute("exists", key) == 1


def test_another_encoding_holds_in_both_directions(node, client, key):
    with causeway.connect(node.endpoint, text=True, encoding="latin-1") as latin:
        latin.execute("set", key, "é")
        assert latin.execute("get", key) == "é"
    assert client.execute("get", key) == b"\xe9"


def test_missing_is_none(client, key):
    assert client.execute("get", key) is None


def test_answers_have_the_shape_of_their_command(client, key):
    client.execute("hset", key, "a", 1, "b", 2)
    assert client.execute("hgetall", key) == {b"a": b"1", b"b": b"2"}
    client.execute("zadd", key + "z", 1.5, "x", "-inf", "y")
    assert client.execute("zrange", key + "z", 0, -1, "withscores") == [(b"y", float("-inf")), (b"x", 1.5)]
    assert client.execute("zrange", key + "z", 0, -1) == [b"y", b"x"]
    client.execute("rpush", key + "l", "1", "1")
    assert client.execute("lrange", key + "l", 0, -1) == [b"1", b"1"]
    client.execute("map.in", key + "m", "cart", "sadd", "apple")
    assert client.execute("map.in", key + "m", "cart", "smembers") == {b"apple"}
    assert client.execute("smembers", key + "none") == set()


@pytest.mark.parametrize("word", [True, None, [], object(), 1j])
def test_a_word_that_could_mean_several_things_is_refused(client, key, word):
    with pytest.raises(TypeError, match="a word of a command is bytes, str, int or float"):
        client.execute("set", key, word)


@pytest.mark.parametrize("word, stored", [
    (bytearray(b"\0x"), b"\0x"), (memoryview(b"ab"), b"ab"), (-7, b"-7"), (2**63, b"9223372036854775808"),
    (0.1, b"0.1"), (float("inf"), b"inf"), ("", b""),
])
def test_words_are_written_as_python_writes_them(client, key, word, stored):
    client.execute("set", key, word)
    assert client.execute("get", key) == stored


def test_no_words_and_unknown_commands_are_invalid(client):
    for words in [(), ("nonsense", "k"), ("get",), ("get", "")]:
        with pytest.raises(causeway.Invalid) as caught:
            client.execute(*words)
        assert caught.value.fatal and caught.value.code == "INVALID"


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=256))
def test_any_bytes_are_a_key_and_a_value(client, name, value):
    client.execute("set", name, value)
    assert client.execute("get", name) == value
    client.execute("del", name)
    assert client.execute("exists", name) == 0


@given(st.text(min_size=1, max_size=40), st.text(max_size=100))
def test_any_text_is_a_key_and_a_value(texts, name, value):
    texts.execute("set", name, value)
    assert texts.execute("get", name) == value
    texts.execute("del", name)


@given(st.floats(allow_nan=False))
def test_a_score_comes_back_as_the_float_that_went_in(client, score):
    name = new_key()
    client.execute("zadd", name, score, "m")
    assert client.execute("zscore", name, "m") == score


def test_an_option_that_is_none_is_refused(client, key):
    with pytest.raises(TypeError):
        client.execute("get", key, consistency="ONE")
    with pytest.raises(causeway.Invalid, match="LOCAL_QUORUM"):
        client.execute("get", key, level="SOME")
    with pytest.raises(causeway.Invalid, match="timeout"):
        client.execute("get", key, timeout=0)
    with pytest.raises(ValueError):
        client.execute("get", key, timeout=float("nan"))
    with pytest.raises(causeway.Invalid, match="atlantis"):
        client.execute("get", key, datacenter="atlantis")


def test_levels_are_names_or_numbers(client, key):
    for level in ["ONE", "all", 1, "1", "EACH_QUORUM"]:
        client.execute("set", key, "x", level=level)
        assert client.execute("get", key, read_level=level, write_level="ONE") == b"x"
    with pytest.raises(causeway.Invalid, match="level 2 asks for more replicas"):
        client.execute("set", key, "x", level=2)


def test_a_request_id_makes_a_repetition_count_once(client, key):
    request = causeway.RequestId.new()
    for _ in range(3):
        client.execute("incrby", key, 5, request_id=request)
    assert client.execute("get", key) == b"5"
    client.execute("incrby", key, 5, request_id=tuple(causeway.RequestId.new(lifetime=60)))
    assert client.execute("get", key) == b"10"
    with pytest.raises(causeway.Error):
        client.execute("incrby", key, 5, request_id=causeway.RequestId.new(lifetime=-60))


def test_the_client_reads_as_a_mapping_of_strings(client, key):
    client[key] = "x"
    assert key in client and client[key] == b"x"
    del client[key]
    assert key not in client
    with pytest.raises(KeyError):
        client[key]
    with pytest.raises(KeyError):
        del client[key]


def test_delete_and_exists_count_and_type_tells(client, key):
    client.execute("set", key, 1)
    client.set(key + "s").add("x")
    assert client.type(key) == "string" and client.type(key + "s") == "set" and client.type(key + "n") is None
    assert client.exists(key, key + "s", key + "n") == 2
    assert client.delete(key, key + "s", key + "n") == 2
    assert client.delete() == client.exists() == 0


def test_status_tells_how_a_node_is(client):
    status = client.status("home-1")
    assert status["node"] == "home-1" and status["serving"] and status["datacenter"] == client.datacenter == "home"
    with pytest.raises(causeway.Invalid):
        client.status("nobody")
