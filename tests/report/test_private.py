"""Noise with the stated law, counts with the stated promise, and an account that holds."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from lintel.errors import BudgetError, PublishError
from lintel.report import PrivacyRule, PrivatePublisher, SystemRandomness, geometric_noise
from report_builders import SeededRandomness, hour

DAY = date(2026, 5, 4)


# An honest sampler fails once in a million seeds; a law 10 % off fails at nearly every seed.
LEVEL = 1e-6


def likeness(seen: Counter[int], scale: float) -> float:
    """p-value that the draws follow the law of ``scale``; tails of at least 25 draws pooled."""
    draws = seen.total()
    a = math.exp(-1 / scale)
    width = 0
    while draws * a ** (width + 2) / (1 + a) >= 25:
        width += 1
    tail = draws * a ** (width + 1) / (1 + a)
    inner = range(-width, width + 1)
    below = sum(count for x, count in seen.items() if x < -width)
    above = sum(count for x, count in seen.items() if x > width)
    law = [draws * (1 - a) / (1 + a) * a ** abs(x) for x in inner]
    p = chisquare([below, *(seen[x] for x in inner), above], [tail, *law, tail]).pvalue
    return float(p)


@pytest.mark.parametrize("scale", [Fraction(1), Fraction(4), Fraction(7, 3), Fraction(1, 2)])
def test_noise_follows_the_two_sided_geometric_law_and_no_law_near_it(scale: Fraction) -> None:
    source = SeededRandomness(11)
    seen = Counter(geometric_noise(scale, source) for _ in range(20_000))
    assert likeness(seen, float(scale)) > LEVEL
    assert likeness(seen, 1.1 * float(scale)) < LEVEL
    assert likeness(seen, float(scale) / 1.1) < LEVEL
    zero_twice = seen + Counter({0: seen[0]})  # what drawing a sign for zero too would give
    assert likeness(zero_twice, float(scale)) < LEVEL


def test_two_neighbouring_counts_are_told_apart_no_better_than_epsilon_allows() -> None:
    # Someone with all of the sensitivity came, or stayed away: the odds of any answer change by
    # at most exp(epsilon); estimated from what is published, clipping included.
    rule = PrivacyRule(epsilon=Fraction(1), sensitivity=2)
    draws = 20_000
    with_, without = (_answers(rule, count, draws, seed) for count, seed in ((6, 1), (4, 2)))
    for answer in with_ | without:
        there, away = with_[answer], without[answer]
        if min(there, away) >= 300:
            sigma = math.sqrt(1 / there + 1 / away)
            assert abs(math.log(there / away)) <= 1.0 + 4 * sigma


def _answers(rule: PrivacyRule, count: int, draws: int, seed: int) -> Counter[int]:
    source = SeededRandomness(seed)
    seen: Counter[int] = Counter()
    per_day = 1000
    for _ in range(draws // per_day):
        publisher = PrivatePublisher(rule, source=source)
        hours = [hour(k, count, place=f"door {k}") for k in range(20)]
        hours += [hour(k % 20, count, place=f"gate {k}") for k in range(per_day - 20)]
        seen.update(one.entered for one in publisher.release(hours))
    return seen


def test_the_mean_of_large_counts_is_true() -> None:
    rule = PrivacyRule(epsilon=Fraction(1, 2), sensitivity=2)
    publisher = PrivatePublisher(rule, source=SeededRandomness(3))
    told = publisher.release([hour(0, 100, 200, place=f"door {k}") for k in range(4000)])
    sigma = math.sqrt(2) * 4 / math.sqrt(4000)
    assert sum(one.entered for one in told) / 4000 == pytest.approx(100, abs=4 * sigma)
    assert sum(one.left for one in told) / 4000 == pytest.approx(200, abs=4 * sigma)


@given(entered=st.integers(0, 20), left=st.integers(0, 20), seed=st.integers(0, 1000))
def test_published_counts_are_whole_and_never_negative(entered: int, left: int, seed: int) -> None:
    publisher = PrivatePublisher(PrivacyRule(), source=SeededRandomness(seed))
    (told,) = publisher.release([hour(5, entered, left)])
    assert told.entered >= 0
    assert told.left >= 0
    assert isinstance(told.entered, int)


def test_only_counts_and_coverage_are_told() -> None:
    publisher = PrivatePublisher(PrivacyRule())
    (told,) = publisher.release([hour(5, 9, 9, coverage=0.5), hour(6, 4, 4, coverage=0.0)])
    assert told.coverage == 0.5
    assert set(type(told).__slots__) == {
        "start_utc", "end_utc", "place", "entered", "left", "coverage"
    }  # fmt: skip


def test_the_systems_chance_reaches_everything_and_nothing_else() -> None:
    source = SystemRandomness()
    assert {source.below(4) for _ in range(400)} == {0, 1, 2, 3}


class TestBudget:
    """The account of a day."""

    def test_hours_of_a_day_share_one_budget_and_telling_twice_costs_twice(self) -> None:
        rule = PrivacyRule(epsilon=Fraction(1, 2), epsilon_per_day=Fraction(1))
        publisher = PrivatePublisher(rule)
        publisher.release([hour(k, 10, 10) for k in range(12)])
        publisher.release([hour(k, 10, 10) for k in range(12, 24)])
        assert publisher.left_on(DAY) == Fraction(1, 2)
        publisher.release([hour(3, 10, 10)])
        assert publisher.left_on(DAY) == 0
        with pytest.raises(BudgetError, match="0 of 1 is left"):
            publisher.release([hour(3, 10, 10)])
        assert publisher.left_on(date(2026, 5, 5)) == 1

    def test_a_release_that_is_refused_spends_nothing(self) -> None:
        publisher = PrivatePublisher(PrivacyRule())
        publisher.release([hour(3, 1, 1)])
        before = publisher.state
        with pytest.raises(BudgetError):
            publisher.release([hour(4, 1, 1), hour(3, 1, 1)])
        assert publisher.state == before
        publisher.release([hour(4, 1, 1)])

    def test_a_restart_remembers_what_was_spent(self) -> None:
        first = PrivatePublisher(PrivacyRule())
        first.release([hour(3, 1, 1), hour(4, 2, 2)])
        second = PrivatePublisher(PrivacyRule(), spent=first.state)
        with pytest.raises(BudgetError):
            second.release([hour(4, 2, 2)])
        second.release([hour(5, 2, 2)])
        second.reset()
        assert second.state == first.state

    def test_the_same_people_in_other_periods_are_refused(self) -> None:
        publisher = PrivatePublisher(PrivacyRule())
        publisher.release([hour(3, 1, 1)])
        with pytest.raises(PublishError, match="other length"):
            publisher.release([hour(13, 1, 1, minutes=15)])
        with pytest.raises(PublishError, match="one length"):
            publisher.release([hour(9, 1, 1), hour(9, 1, 1)])

    def test_days_are_those_of_the_zone(self) -> None:
        publisher = PrivatePublisher(PrivacyRule(zone="Asia/Tokyo"))
        publisher.release([hour(14, 1, 1), hour(15, 1, 1)])
        assert publisher.left_on(DAY) == publisher.left_on(date(2026, 5, 5)) == 0
        with pytest.raises(PublishError, match="two days"):
            publisher.release([hour(7, 1, 1, minutes=120)])

    def test_old_days_are_closed_and_forgotten(self) -> None:
        publisher = PrivatePublisher(PrivacyRule())
        for day in range(405):
            publisher.release([hour(24 * day + 3, 1, 1)])
        assert len(publisher.state) == 400
        with pytest.raises(BudgetError, match="closed"):
            publisher.release([hour(4, 1, 1)])

    @given(
        picks=st.lists(
            st.tuples(st.integers(0, 5), st.sampled_from(["door", "back"])), min_size=1, max_size=30
        ),
        parts=st.integers(1, 4),
    )
    def test_nothing_is_ever_told_more_often_than_the_day_pays_for(
        self, picks: list[tuple[int, str]], parts: int
    ) -> None:
        rule = PrivacyRule(epsilon=Fraction(1, parts), epsilon_per_day=Fraction(1))
        publisher = PrivatePublisher(rule, source=SeededRandomness(0))
        told: Counter[tuple[int, str]] = Counter()
        for number, place in picks:
            try:
                publisher.release([hour(number, 1, 1, place=place)])
            except BudgetError:
                assert told[number, place] == parts
            else:
                told[number, place] += 1
        assert max(told.values()) <= parts
        assert publisher.left_on(DAY) == 1 - Fraction(max(told.values()), parts)


def rule_of(text: str) -> PrivacyRule:
    epsilon, per_day, sensitivity, zone = text.split()
    return PrivacyRule(
        epsilon=Fraction(epsilon),
        epsilon_per_day=Fraction(per_day),
        sensitivity=int(sensitivity),
        zone=zone,
    )


@pytest.mark.parametrize(
    "text",
    ["0 1 4 UTC", "-1 1 4 UTC", "20 20 4 UTC", "2 1 4 UTC", "1 1 0 UTC", "1 1 4 Mars/Base",
     "1/10000019 1 4 UTC"],
)  # fmt: skip
def test_rules_that_promise_nothing_are_refused(text: str) -> None:
    with pytest.raises(PublishError):
        rule_of(text)
