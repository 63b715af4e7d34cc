"""python_load.py AT OP SECONDS KEYS: a closed loop of pipelines by the Python package, and the rate of its commands as JSON.

The names of keys are made in the loop, as a program would make them.
"""

import json
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build", "release", "python"))

import causeway  # noqa: E402

BATCH = 2000  # commands of one run()


def batch(pipeline, op, keys):
    value = b"x" * 100
    for key in random.choices(range(keys), k=BATCH):
        if op == "set":
            pipeline.execute("set", f"key:{key:012}", value)
        elif op == "get":
            pipeline.execute("get", f"key:{key:012}")
        elif op == "incr":
            pipeline.execute("incr", f"counter:{key:012}")
        else:
            pipeline.execute("sadd", "myset", f"element:{key:012}")


def main(at, op, seconds, keys):
    operations = 0
    with causeway.connect(at, timeout=60, try_timeout=30) as client:
        pipeline = client.pipeline()
        begun = time.monotonic()
        cpu = time.process_time()
        while time.monotonic() - begun < float(seconds):
            batch(pipeline, op, int(keys))
            operations += len(pipeline.run())
        took = time.monotonic() - begun
    print(json.dumps({"per_second": operations / took, "operations": operations,
                      "generator_cpu_s": time.process_time() - cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
