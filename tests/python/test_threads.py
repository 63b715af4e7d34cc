"""One client, many threads; and that they run while one waits."""

import threading
from concurrent.futures import ThreadPoolExecutor

import causeway


def test_threads_share_a_client_and_no_increment_is_lost(client, key):
    def count(_):
        for _ in range(200):
            client.counter(key).increment()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    assert client.counter(key).value() == 1600


def test_other_threads_run_while_one_waits(own_node, key):
    with causeway.connect(own_node.endpoint) as client:
        own_node.freeze()
        answered = threading.Event()

        def wait():
            client.execute("set", key, "x", timeout=60)
            answered.set()

        waiting = threading.Thread(target=wait)
        waiting.start()
        steps = 0
        while steps < 100_000:  # would never end if that thread kept the GIL
            steps += 1
        assert not answered.is_set()
        own_node.thaw()
        waiting.join()
        assert answered.is_set()
        assert client[key] == b"x"


def test_threads_have_pipelines_of_their_own(client, key):
    def run(number):
        pipeline = client.pipeline()
        for i in range(500):
            pipeline.execute("set", f"{key}:{number}:{i}", i)
            pipeline.execute("get", f"{key}:{number}:{i - 1}")
        return pipeline.run()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, range(4)))
    assert all(len(each) == 1000 and each[0] == "OK" for each in answers)
