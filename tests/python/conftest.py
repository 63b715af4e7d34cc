"""What the tests share: one node for all that leave it as it is, and clients of it."""

import itertools
import tempfile

import hypothesis
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

import causeway
from node import Cluster, claim_network

# Nothing is written beside the sources, wherever the tests are run from, and slow machines are no failures.
set_hypothesis_home_dir(tempfile.gettempdir() + "/hypothesis")
hypothesis.settings.register_profile("causeway", database=None, deadline=None, max_examples=50, print_blob=True)
hypothesis.settings.load_profile("causeway")

NETWORK = claim_network()
_hosts = itertools.count(1)
_keys = itertools.count(1)


def start_cluster(size):
    return Cluster(*(f"{NETWORK}.{next(_hosts)}" for _ in range(size)))


@pytest.fixture(scope="session")
def node():
    cluster = start_cluster(1)
    yield cluster.nodes[0]
    cluster.close()


@pytest.fixture
def own_node():
    """For tests that freeze or kill it."""
    cluster = start_cluster(1)
    yield cluster.nodes[0]
    cluster.close()


@pytest.fixture
def three_nodes():
    cluster = start_cluster(3)
    yield cluster.nodes
    cluster.close()


@pytest.fixture(scope="session")
def client(node):
    with causeway.connect(node.endpoint) as client:
        yield client


@pytest.fixture(scope="session")
def texts(node):
    """A client that gives str."""
    with causeway.connect(node.endpoint, text=True) as client:
        yield client


def new_key():
    return f"key:{next(_keys)}"


@pytest.fixture
def key():
    """A key that nobody has used."""
    return new_key()
