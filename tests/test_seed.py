"""A failure that depends on random values can be repeated."""

import random

from tests.conftest import SEED


def test_random_values_follow_from_the_seed_and_the_test(request):
    expected = random.Random(f"{SEED} {request.node.nodeid}")

    assert [random.random() for _ in range(3)] == [expected.random() for _ in range(3)]
