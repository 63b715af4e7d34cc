"""resp_session.py HOST: what a user of python3-redis does, at the RESP port of an empty node at HOST."""

import sys
import unittest

import redis

HOST = ""
PORT = 7379


class Session(unittest.TestCase):
    def setUp(self):
        self.client = redis.Redis(HOST, PORT, decode_responses=True)
        self.addCleanup(self.client.close)

    def test_strings_and_counters(self):
        self.assertTrue(self.client.set("s", "a\r\nb"))
        self.assertEqual(self.client.get("s"), "a\r\nb")
        self.assertEqual(self.client.strlen("s"), 4)
        self.assertIsNone(self.client.get("nobody"))
        self.assertEqual(self.client.incrby("n", 5), 5)
        self.assertEqual(self.client.decr("n"), 4)
        with self.assertRaisesRegex(redis.ResponseError, "^value is not an integer or out of range$"):
            self.client.incr("s")
        with self.assertRaisesRegex(redis.ResponseError, "^value is not an integer or out of range$"):
            self.client.execute_command("INCRBY", "n", "x")

    def test_sets(self):
        self.assertEqual(self.client.sadd("set", "x", "y"), 2)
        self.assertEqual(self.client.smembers("set"), {"x", "y"})
        self.assertTrue(self.client.sismember("set", "x"))
        with self.assertRaisesRegex(redis.ResponseError, "^WRONGTYPE Operation against a key"):
            self.client.get("set")

    def test_several_sets_of_one_partition(self):
        a, b, dst = "{t}a", "{t}b", "{t}dst"
        self.client.sadd(a, "1", "2", "3")
        self.client.sadd(b, "3", "4")
        self.assertEqual(self.client.sinter(a, b), {"3"})
        self.assertEqual(self.client.sunion(a, b), {"1", "2", "3", "4"})
        self.assertEqual(self.client.sdiff(a, b), {"1", "2"})
        self.assertEqual(self.client.sintercard(2, [a, b], limit=5), 1)
        self.assertEqual(self.client.sunionstore(dst, a, b), 4)
        self.assertEqual(self.client.smove(a, b, "1"), True)
        self.assertEqual(self.client.smismember(b, ["1", "2"]), [1, 0])
        self.assertEqual(len(self.client.srandmember(dst, -10)), 10)
        self.assertIn(self.client.srandmember(dst), {"1", "2", "3", "4"})
        self.assertEqual(set(self.client.sscan_iter(dst, count=1)), {"1", "2", "3", "4"})
        popped = {self.client.spop(dst), *self.client.spop(dst, 2)}
        self.assertEqual(self.client.smembers(dst) | popped, {"1", "2", "3", "4"})
        self.assertEqual(self.client.touch(a, b, "{t}none"), 2)
        self.assertEqual(self.client.unlink(a, b), 2)
        with self.assertRaisesRegex(redis.ResponseError, "^CROSSSLOT Keys in request don't hash to the same slot"):
            for key in range(100):
                self.client.sunion("a", str(key))

    def test_hyperloglogs(self):
        self.assertEqual(self.client.pfadd("{h}a", *range(1000)), 1)
        self.assertEqual(self.client.pfadd("{h}b", *range(500, 1500)), 1)
        self.assertLess(abs(self.client.pfcount("{h}a") - 1000), 25)
        self.assertLess(abs(self.client.pfcount("{h}a", "{h}b") - 1500), 37)
        self.assertTrue(self.client.pfmerge("{h}c", "{h}a", "{h}b"))
        self.assertEqual(self.client.pfcount("{h}c"), self.client.pfcount("{h}a", "{h}b"))
        self.assertEqual(self.client.type("{h}c"), "hyperloglog")

    def test_hashes(self):
        self.assertEqual(self.client.hset("hash", mapping={"name": "Ada", "logins": 1}), 2)
        self.assertEqual(self.client.hincrby("hash", "logins", 4), 5)
        self.assertEqual(self.client.hincrbyfloat("hash", "share", 0.5), 0.5)
        self.assertEqual(self.client.hgetall("hash"), {"name": "Ada", "logins": "5", "share": "0.5"})
        self.assertEqual(self.client.hmget("hash", "name", "none"), ["Ada", None])
        self.assertEqual(dict(self.client.hscan_iter("hash", match="n*")), {"name": "Ada"})
        self.assertIn(self.client.hrandfield("hash"), {"name", "logins", "share"})
        with self.assertRaisesRegex(redis.ResponseError, "^hash value is not an integer$"):
            self.client.hincrby("hash", "name", 1)
        self.assertEqual(self.client.execute_command("CW.MAP.IN", "hash", "tags", "SADD", "x"), 1)
        self.assertEqual(self.client.hdel("hash", "name", "logins", "share", "tags"), 4)
        self.assertEqual(self.client.exists("hash"), 0)

    def test_lists(self):
        self.assertEqual(self.client.rpush("list", "b", "c", "d"), 3)
        self.assertEqual(self.client.lpush("list", "a"), 4)
        self.assertEqual(self.client.lrange("list", 0, -1), ["a", "b", "c", "d"])
        self.assertTrue(self.client.lset("list", -1, "D"))
        self.assertEqual(self.client.lindex("list", 3), "D")
        self.assertEqual(self.client.linsert("list", "BEFORE", "b", "x"), 5)
        self.assertEqual(self.client.lpos("list", "b", count=0), [2])
        self.assertEqual(self.client.lrem("list", 0, "x"), 1)
        self.assertTrue(self.client.ltrim("list", 1, -1))
        self.assertEqual(self.client.lpop("list"), "b")
        self.assertEqual(self.client.rpop("list", 5), ["D", "c"])
        self.assertIsNone(self.client.lpop("list", 2))
        self.assertEqual(self.client.llen("list"), 0)
        self.assertEqual(self.client.execute_command("CW.LIST.INSERT", "list", 0, "t", "o"), 2)
        self.assertEqual(self.client.execute_command("CW.LIST.REMOVE", "list", 1), 1)
        with self.assertRaisesRegex(redis.ResponseError, "^index out of range$"):
            self.client.lset("list", 1, "x")
        with self.assertRaisesRegex(redis.ResponseError, "^blocking commands are not available"):
            self.client.blpop("list", 1)

    def test_many_keys_are_added_up(self):
        for key in ["m1", "m2", "m3"]:
            self.client.set(key, 1)
        self.assertEqual(self.client.exists("m1", "m2", "m1", "m4"), 3)
        self.assertEqual(self.client.delete("m1", "m2", "m4"), 2)
        self.assertEqual(self.client.exists("m1", "m2", "m3"), 1)

    def test_a_pipeline_keeps_its_order(self):
        pipe = self.client.pipeline(transaction=False)
        for i in range(2000):
            pipe.set(f"p{i}", i)
            pipe.get(f"p{i}")
            pipe.echo(str(i))
        replies = pipe.execute()
        self.assertEqual(replies[1::3], [str(i) for i in range(2000)])
        self.assertEqual(replies[2::3], [str(i) for i in range(2000)])

    def test_large_values_and_the_limit(self):
        value = "v" * 1_000_000
        self.client.set("large", value)
        self.assertEqual(self.client.get("large"), value)
        with self.assertRaisesRegex(redis.ResponseError, "^TOO_LARGE"):
            self.client.set("large", value + value)
        with self.assertRaises((redis.ResponseError, redis.ConnectionError)):
            self.client.set("large", "v" * 9_000_000)
        self.assertEqual(self.client.get("large"), value)

    def test_what_redis_does_not_have(self):
        self.assertEqual(self.client.execute_command("CW.COUNTER.ADD", "c", 3), 3)
        self.assertEqual(self.client.execute_command("cw.counter.get", "c"), 3)
        self.assertEqual(self.client.execute_command("CW.FLAG.ENABLE", "f"), "OK")
        self.assertEqual(self.client.execute_command("CW.FLAG.GET", "f"), 1)
        self.assertEqual(self.client.execute_command("CW.GSET.ADD", "g", "m", "n"), 2)
        self.assertEqual(self.client.execute_command("CW.MAX.SET", "max", 2**63 - 1), 2**63 - 1)
        self.assertEqual(self.client.execute_command("CW.LEVEL"), ["LOCAL_QUORUM", "LOCAL_QUORUM"])
        self.assertEqual(self.client.execute_command("CW.LEVEL", "one", "all"), "OK")
        with self.assertRaisesRegex(redis.ResponseError, "unknown level"):
            self.client.execute_command("CW.LEVEL", "one", "most")
        with self.assertRaisesRegex(redis.ResponseError, "unknown command 'COUNTER.ADD', with args beginning with: 'c'"):
            self.client.execute_command("COUNTER.ADD", "c")

    def test_a_level_that_cannot_be_reached_is_unavailable(self):
        one = redis.Redis(HOST, PORT, single_connection_client=True)
        self.addCleanup(one.close)
        one.execute_command("CW.LEVEL", "ONE", "7")
        with self.assertRaises(redis.ResponseError):
            one.set("k", "v")

    def test_the_session(self):
        client = redis.Redis(HOST, PORT, client_name="me", single_connection_client=True, decode_responses=True)
        self.addCleanup(client.close)
        self.assertEqual(client.client_getname(), "me")
        self.assertGreater(client.client_id(), 0)
        self.assertEqual([each["name"] for each in client.client_list()], ["me"])
        self.assertEqual(client.echo("x"), "x")
        self.assertTrue(client.ping())
        with self.assertRaisesRegex(redis.ResponseError, "DB index is out of range"):
            client.select(1)
        client.execute_command("SELECT", "0")
        with self.assertRaisesRegex(redis.ResponseError, "wrong number of arguments for 'get' command"):
            client.execute_command("GET")
        self.assertEqual(client.execute_command("RESET"), "RESET")
        self.assertIsNone(client.client_getname())
        self.assertTrue(client.quit())

    def test_what_a_node_tells_of_itself(self):
        info = self.client.info()
        self.assertEqual(info["causeway_node"], "a1")
        self.assertEqual(info["tcp_port"], PORT)
        self.assertGreater(info["connected_clients"], 0)
        self.assertEqual(list(self.client.info("keyspace")), ["causeway_partitions", "causeway_entries"])
        self.assertEqual(self.client.config_get("save"), {"save": ""})
        self.assertEqual(self.client.config_get("nothing"), {})
        self.assertTrue(self.client.config_set("hash-max-listpack-entries", 128))
        with self.assertRaisesRegex(redis.ResponseError, "topology file"):
            self.client.config_set("maxmemory", 1)
        commands = self.client.command()
        self.assertEqual(self.client.command_count(), len(commands))
        self.assertEqual(commands["del"]["last_key_pos"], -1)
        self.assertEqual(self.client.command_getkeys("DEL", "a", "b"), ["a", "b"])

    def test_a_user_without_a_password(self):
        client = redis.Redis(HOST, PORT, password="secret")
        self.addCleanup(client.close)
        with self.assertRaisesRegex(redis.ResponseError, "without any password configured"):
            client.ping()
        self.assertTrue(self.client.execute_command("AUTH", "default", "anything"))


if __name__ == "__main__":
    HOST = sys.argv.pop(1)
    unittest.main()
