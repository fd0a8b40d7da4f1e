from apps.api.rendered import RenderedCache
from tests.load.parallel import in_parallel


def test_value_is_kept_by_its_key():
    cache = RenderedCache(capacity=1_600)
    cache.store("a", "A", 10)

    assert (cache.get("a"), cache.get("b"), cache.size) == ("A", None, 10)


def test_least_recently_used_values_are_evicted():
    cache = RenderedCache(capacity=1_600)
    for number in range(16):
        cache.store(number, number, 100)
    cache.get(0)
    cache.store("new", "new", 100)

    assert [cache.get(key) for key in (0, 1, 2, "new")] == [0, None, 2, "new"]
    assert cache.size == 1_600


def test_value_that_replaces_another_takes_its_place():
    cache = RenderedCache(capacity=1_600)
    cache.store("a", "A", 100)
    cache.store("a", "B", 40)

    assert (cache.get("a"), cache.size) == ("B", 40)


def test_large_value_evicts_nothing():
    cache = RenderedCache(capacity=1_600)
    cache.store("a", "A", 100)
    cache.store("large", "L", 101)

    assert (cache.get("a"), cache.get("large")) == ("A", None)


def test_size_is_that_of_the_values_after_concurrent_use():
    cache = RenderedCache(capacity=1_600)

    def use(thread):
        for number in range(2_000):
            cache.store(number % 30, thread, 50 + number % 50)
            cache.get((number + 7) % 30)

    in_parallel(4, use)

    assert cache.size == sum(size for _, size in cache._entries.values()) <= 1_600
