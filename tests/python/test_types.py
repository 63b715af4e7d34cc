"""Each type, by its handle: methods, and Python's operators."""

import datetime
import math

import causeway
import pytest


def test_counter(client, key):
    views = client.counter(key)
    assert views.value() == 0
    assert views.increment() == 1 and views.increment(9) == 10 and views.decrement(3) == 7
    views += 3
    views -= 1
    assert int(views) == 9
    views.reset()
    assert views.value() == 0


def test_bounded_counter(client, key):
    stock = client.bounded_counter(key)
    assert stock.add(20) == 20 and stock.subtract(5) == 15
    stock += 1
    stock -= 2
    assert int(stock) == stock.value() == 14
    assert list(stock.rights().values()) == [14]
    with pytest.raises(causeway.Invalid, match="below 0"):
        stock.subtract(15)


def test_max_and_min(client, key):
    peak, low = client.max(key), client.min(key + "l")
    assert peak.value() is None and low.value() is None
    assert [peak.set(n) for n in (3, 9, 7)] == [3, 9, 9]
    assert [low.set(n) for n in (3, 9, -7)] == [3, 3, -7]
    assert (peak.value(), low.value()) == (9, -7)


def test_string(client, key):
    name = client.string(key)
    assert name.get() is None and len(name) == 0
    assert name.set("Ada") is None
    assert name.get() == b"Ada" and name.siblings() == [b"Ada"]
    assert name.append(" L.") == 6 and len(name) == 6
    with pytest.raises(causeway.WrongType):
        name.increment()
    name.set(41)
    assert name.increment() == 42


def test_register(client, key):
    profile = client.register(key)
    assert profile.get() is None
    profile.put("a")
    profile.put("b")
    assert profile.get() == b"b" and profile.siblings() == [b"b"]


@pytest.mark.parametrize("kind", ["flag", "disable_wins_flag"])
def test_flags(client, key, kind):
    flag = getattr(client, kind)(key)
    assert not flag
    flag.enable()
    assert flag and flag.value() is True
    flag.disable()
    assert not flag


@pytest.mark.parametrize("kind", ["set", "remove_wins_set", "grow_set"])
def test_sets_of_all_kinds(client, key, kind):
    cart = getattr(client, kind)(key)
    assert not cart and len(cart) == 0 and cart.members() == set()
    assert cart.add("apple", "pear") == 2 and cart.add("apple") == 0
    assert "apple" in cart and "plum" not in cart and len(cart) == 2
    assert set(cart) == cart.members() == {b"apple", b"pear"}
    if kind != "grow_set":
        assert cart.remove("apple", "plum") == 1
        assert set(cart) == {b"pear"}
    assert cart.delete() and not cart.exists()


def test_a_set_is_read_page_by_page(client, key):
    members = {b"%d" % i for i in range(2500)}
    client.set(key).add(*members)
    read = list(client.set(key))
    assert len(read) == 2500 and set(read) == members


def test_pop_and_sample_of_a_set(client, key):
    cart = client.set(key)
    assert cart.pop() is None and cart.sample(3) == []
    cart.add("x", "y")
    assert sorted(cart.sample(5)) == [b"x", b"y"]
    assert {cart.pop(), cart.pop()} == {b"x", b"y"}


def test_hyperloglog(client, key):
    seen = client.hyperloglog("{h}" + key)
    assert seen.add(*range(1000)) and not seen.add(1, 2)
    assert abs(int(seen) - 1000) < 60
    other = client.hyperloglog("{h}x" + key)
    other.add(*range(500, 1500))
    seen.merge(other.key)
    assert abs(seen.count() - 1500) < 90


def test_map_of_strings(client, key):
    user = client.map(key)
    assert not user and user.get("name") is None
    user["name"] = "ada"
    assert user["name"] == b"ada" and "name" in user and len(user) == 1
    assert user.put("age", 36) is True and user.put("age", 37) is False
    assert user.increment("age") == 38
    assert user.update({"city": "London", "name": "Ada"}) == 1
    assert user.get_many("name", "nobody") == [b"Ada", None]
    assert user.values() == {b"age": b"38", b"city": b"London", b"name": b"Ada"}
    assert list(user) == user.fields() == [b"age", b"city", b"name"]
    del user["city"]
    assert user.remove("age", "city") == 1
    with pytest.raises(KeyError):
        user["city"]
    with pytest.raises(KeyError):
        del user["city"]


def test_map_holds_any_type_at_any_depth(client, key):
    user = client.map(key)
    user.counter("logins").increment(3)
    user.map("cart").set("fruit").add("apple", "pear")
    user.map("cart").list("log").append("x")
    user.map("cart").map("deep")["k"] = "v"
    user.sorted_set("board")["eva"] = 7
    assert user.types() == {b"logins": "counter", b"cart": "hash", b"board": "zset"}
    assert user.map("cart").types() == {b"fruit": "set", b"log": "list", b"deep": "hash"}
    fruit = user.map("cart").set("fruit")
    assert fruit.path == ("cart", "fruit") and set(fruit) == {b"apple", b"pear"} and fruit.type() == "set"
    assert user.values()[b"logins"] is None
    assert fruit.delete() is True and fruit.delete() is False and not fruit.exists() and fruit.type() is None
    assert "fruit" not in user.map("cart") and len(user.map("cart")) == 2


def test_options_of_a_map_hold_in_its_fields(client, key):
    with pytest.raises(causeway.Invalid, match="level 2"):
        client.map(key, level=2).counter("n").increment()
    assert client.map(key, level=2).counter("n", level="ONE").increment() == 1


def test_list(client, key):
    items = client.list(key)
    assert not items and items.pop() is None and items.popleft() is None and items.get(0) is None
    assert items.append("b", "c") == 2 and items.prepend("0", "a") == 4
    assert list(items) == [b"0", b"a", b"b", b"c"] and len(items) == 4
    assert items[0] == b"0" and items[-1] == b"c" and items[1:3] == [b"a", b"b"]
    assert items[:0] == [] and items[:] == list(items) and items[-2:] == [b"b", b"c"] and items[:-1] == list(items)[:-1]
    items[1] = "A"
    del items[0]
    assert items.insert(1, "x", "y") == 5
    assert items.slice() == [b"A", b"x", b"y", b"b", b"c"]
    assert items.index("y") == 2 and items.index("z") is None and "x" in items and "z" not in items
    assert items.remove("y") == 1 and items.remove_at(1) == 1
    assert items.pop() == b"c" and items.popleft() == b"A"
    items.append(*range(10))
    items.trim(1, 4)
    assert list(items) == [b"0", b"1", b"2"]
    for index in (99, -99):
        with pytest.raises(IndexError):
            items[index]
        with pytest.raises(IndexError):
            del items[index]
    with pytest.raises(causeway.Error):
        items[99] = "x"
    with pytest.raises(ValueError):
        items[::2]


def test_a_list_is_read_page_by_page(client, key):
    items = client.list(key)
    items.append(*range(2500))
    assert [int(each) for each in items] == list(range(2500))


def test_sorted_set(client, key):
    board = client.sorted_set(key)
    assert not board and board.pop_min() is None and board.score("eva") is None and board.rank("eva") is None
    board["eva"] = 10
    assert board.add({"bob": 7, "cid": 8.5}) == 2 and board.put("bob", 7) is False
    assert board["eva"] == 10.0 and "eva" in board and "dan" not in board and len(board) == 3
    assert list(board) == [b"bob", b"cid", b"eva"]
    assert board.increment("bob", 5) == 12.0
    assert board.slice() == [(b"cid", 8.5), (b"eva", 10.0), (b"bob", 12.0)]
    assert board.slice(0, 1, reverse=True) == [(b"bob", 12.0)]
    assert board.between(9) == [(b"eva", 10.0), (b"bob", 12.0)]
    assert board.between("(8.5", 10) == [(b"eva", 10.0)] and board.between(limit=1, offset=1) == [(b"eva", 10.0)]
    assert board.count() == 3 and board.count(9, math.inf) == 2
    assert board.rank("eva") == 1 and board.rank("bob", reverse=True) == 0
    assert board.scores("eva", "dan") == [10.0, None]
    assert board.pop_min() == (b"cid", 8.5) and board.pop_max() == (b"bob", 12.0)
    del board["eva"]
    with pytest.raises(KeyError):
        board["eva"]
    with pytest.raises(KeyError):
        del board["eva"]
    board["x"] = 1
    assert board.remove("x", "y") == 1


def test_expiry(client, key):
    cart = client.set(key)
    assert cart.expire(60) is False
    with pytest.raises(KeyError):
        cart.ttl()
    cart.add("apple")
    assert cart.ttl() is None and cart.persist() is False
    assert cart.expire(datetime.timedelta(hours=1)) is True
    assert 3500 < cart.ttl() <= 3600
    assert cart.persist() is True and cart.ttl() is None
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    assert cart.expire_at(tomorrow) and 86000 < cart.ttl() < 86401
    assert cart.expire_at(tomorrow.timestamp() + 86400) and cart.ttl() > 86401
    assert cart.expire(0) is True and not cart.exists()
    session = client.string(key + "s")
    session.set("x", expire=100)
    assert 90 < session.ttl() <= 100


def test_a_handle_says_what_it_is_of(client):
    handle = client.map("user").counter(b"n")
    assert repr(handle) == "<causeway Counter 'user'/b'n'>"
    assert (handle.key, handle.path) == ("user", (b"n",))


def test_using_changes_options_of_the_copy_alone(client, key):
    request = causeway.RequestId.new()
    views = client.counter(key, timeout=3)
    once = views.using(request_id=request)
    once.increment()
    once.increment()
    assert views.increment() == 2
    assert once.using(timeout=1).increment() == 2
