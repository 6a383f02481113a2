"""A search through everything that can happen: each state once, each step from it."""

import random
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from tests.small_case.world import Node, World


class HarmError(AssertionError):
    """Something went wrong. `way` are the steps that lead there."""

    def __init__(self, way: Sequence[str], what: object) -> None:
        super().__init__(f"{what}; after: {', '.join(way)}")
        self.way = tuple(way)


@dataclass(frozen=True)
class Found:
    """How far a search went: `steps` lead from state to state; `orders` of them, from the first to an end, were covered:
    None where the search was cut short."""

    states: int
    steps: int
    ends: int
    orders: int | None

    def __str__(self) -> str:
        orders = f"{self.orders:,} orders" if self.orders else "cut short"
        return f"{self.states:,} states, {self.steps:,} steps, {self.ends:,} ends, {orders}"


def explore(world: World, most: int = sys.maxsize) -> Found:
    """Visit every state there is, each once, the nearest first; no more when `most` were found."""
    start = world.start()
    numbers, children = {start.key: 0}, [[0] * 0]
    waiting: deque[tuple[Node, tuple[str, ...]]] = deque([(start, ())])
    ends = 0
    while waiting and len(children) < most:
        node, way = waiting.popleft()
        news = []
        for each in world.ways(node):
            child, then = _step(world, node, way, each)
            if child.key == node.key:
                continue
            if child.key not in numbers:
                _judged(world, child, then)
                numbers[child.key] = len(children)
                children.append([])
                news.append((child, then))
            children[numbers[node.key]].append(numbers[child.key])
        if not children[numbers[node.key]]:
            _ended(world, node, way)
            ends += 1
        waiting += news
    return Found(len(children), sum(map(len, children)), ends, None if waiting else _orders(children))


def stroll(world: World, seed: int) -> int:
    """Take steps at random until nothing more can happen; return how many."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    node, way = world.start(), ()
    while True:
        open_ = list(world.ways(node))
        chance.shuffle(open_)
        for each in open_:
            child, then = _step(world, node, way, each)
            if child.key != node.key:
                break
        else:
            _ended(world, node, way)
            return len(way)
        node, way = child, then
        _judged(world, node, way)


def _step(world: World, node: Node, way: tuple[str, ...], each: str) -> tuple[Node, tuple[str, ...]]:
    then = (*way, each)
    try:
        return world.step(node, each), then
    except AssertionError as error:
        raise HarmError(then, error) from error


def _judged(world: World, node: Node, way: tuple[str, ...]) -> None:
    try:
        world.judge(node)
    except AssertionError as error:
        raise HarmError(way, error) from error


def _ended(world: World, node: Node, way: tuple[str, ...]) -> None:
    try:
        world.end(node)
    except AssertionError as error:
        raise HarmError(way, error) from error


def _orders(children: Sequence[Sequence[int]]) -> int:
    """Count the ways from the first state to an end. Raises RuntimeError when one leads in a circle."""
    counted: dict[int, int] = {}
    waiting, open_ = [0], set()
    while waiting:
        at = waiting[-1]
        unknown = [child for child in children[at] if child not in counted]
        if not unknown:
            counted[waiting.pop()] = sum(counted[child] for child in children[at]) or 1
        elif at in open_:
            raise RuntimeError("a way leads in a circle")
        else:
            open_.add(at)
            waiting += unknown
    return counted[0]
