"""Opening hours laid out on the UTC axis in whole microseconds, so that counting is bisection."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
# A block is the unit of memory: long enough that a month touches two, short enough to be laid out in no time.
BLOCK_DAYS = 32
BLOCK = BLOCK_DAYS * DAY
# A search ends here, so that a calendar open one minute a week cannot hold up whoever asks.
LAST_DAY = datetime(2999, 12, 31, tzinfo=UTC).toordinal()

Ranges = tuple[tuple[int, int], ...]
"""Half-open ranges, in minutes of a local day or in microseconds since 1970 (UTC), as the name says."""


class Hours(NamedTuple):
    """The opening minutes of one kind of day.

    Attributes:
        stated: Each interval as the calendar states it.
        merged: Their union, ordered.
    """

    stated: Ranges
    merged: Ranges


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rota:
    """A calendar made ready for counting.

    Compared by identity, which makes it a cheap key of the caches below.

    Attributes:
        zone: The time zone of all local days.
        week: Opening minutes of Monday to Sunday.
        exceptions: Ordinal of a local day to the minutes that replace its weekday's; a holiday has none.
    """

    zone: ZoneInfo
    week: tuple[Hours, ...]
    exceptions: Mapping[int, Hours]


class Block(NamedTuple):
    """The open ranges of one stretch of the UTC axis in microseconds, and the open time up to each end."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    used: tuple[int, ...]


class Frame(NamedTuple):
    """Where a local day begins on the UTC axis, and whether its clock runs on evenly for 24 hours."""

    midnight: int
    even: bool
    exists: bool


def micros(instant: datetime) -> int:
    """Return the microseconds from 1970 (UTC) to an aware instant."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def at_micros(count: int) -> datetime:
    """Return the UTC instant that many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=count)


def wall_clock(zone: ZoneInfo, day: int, minute: int) -> int:
    """Read a wall-clock edge (rule 3).

    An edge that occurs twice is its first occurrence, one that does not exist is read with the offset in
    force before the change: the meaning of `fold=0` in PEP 495.

    Args:
        zone: The time zone of the clock.
        day: The ordinal of the local day.
        minute: Minutes from 00:00 of that day; 1440 is 00:00 of the next.

    Returns:
        Microseconds since 1970 (UTC).
    """
    return micros((datetime.fromordinal(day) + timedelta(minutes=minute)).replace(tzinfo=zone))


@lru_cache(maxsize=65_536)
def frame(zone: ZoneInfo, day: int) -> Frame:
    """Return where the local day with this ordinal begins and whether all its edges keep one offset."""
    begin = datetime.fromordinal(day).replace(tzinfo=zone)
    end = datetime.fromordinal(day + 1).replace(tzinfo=zone)
    return Frame(micros(begin), begin.utcoffset() == end.utcoffset(), micros(begin) < micros(end))


def hours_of(rota: Rota, day: int) -> Hours:
    """Return the opening minutes of the local day with this ordinal, as the calendar states them (rule 2)."""
    stated = rota.exceptions.get(day)
    return rota.week[(day + 6) % 7] if stated is None else stated


def open_ranges(rota: Rota, day: int) -> Ranges:
    """Return the opening ranges of a local day in microseconds since 1970 (rule 3).

    A local day that a change of the date line skipped has none: nobody can work on it.
    """
    hours = hours_of(rota, day)
    if not hours.merged:
        return ()
    begin, even, exists = frame(rota.zone, day)
    if even:
        return tuple([(begin + first * MINUTE, begin + last * MINUTE) for first, last in hours.merged])
    if not exists:
        return ()
    # Each stated interval is read before they are merged: one whose edge a clock change moves may not shorten
    # another that it overlaps on the wall clock.
    return merged(
        [
            (wall_clock(rota.zone, day, first), wall_clock(rota.zone, day, last))
            for first, last in hours.stated
        ]
    )


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the union of half-open ranges, ordered; empty and inverted ones count nothing."""
    union: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if last <= first:
            continue
        if union and first <= union[-1][1]:
            union[-1] = (union[-1][0], max(last, union[-1][1]))
        else:
            union.append((first, last))
    return tuple(union)


@lru_cache(maxsize=2048)
def block(rota: Rota, number: int) -> Block:
    """Lay out the open ranges of the block of the UTC axis with this number, counted from 1970."""
    begin, first_day = number * BLOCK, EPOCH_DAY + number * BLOCK_DAYS
    # Local days lie up to 14 hours off their UTC namesakes, and a skipped hour or day moves an edge further.
    days = range(first_day - 2, first_day + BLOCK_DAYS + 2)
    ranges = merged([each for day in days for each in open_ranges(rota, day)])
    inside = [(max(first, begin), min(last, begin + BLOCK)) for first, last in ranges]
    kept = [(first, last) for first, last in inside if first < last]
    return Block(
        starts=tuple([first for first, _ in kept]),
        ends=tuple([last for _, last in kept]),
        used=tuple(accumulate([last - first for first, last in kept])),
    )


@lru_cache(maxsize=1024)
def last_day(rota: Rota) -> int:
    """Return the ordinal of the last local day on which the calendar can open, 0 if it never does."""
    if any(hours.merged for hours in rota.week):
        return LAST_DAY
    return min(LAST_DAY, max((day for day, hours in rota.exceptions.items() if hours.merged), default=0))


def last_block(rota: Rota) -> int:
    """Return the number of the last block in which the calendar can still open."""
    return (last_day(rota) + 2 - EPOCH_DAY) // BLOCK_DAYS


def used_before(part: Block, instant: int) -> int:
    """Return the open microseconds of a block that lie before an instant."""
    at = bisect_right(part.starts, instant) - 1
    return 0 if at < 0 else part.used[at] - max(0, part.ends[at] - instant)


def open_time(rota: Rota, begin: int, end: int) -> int:
    """Return the open microseconds in the half-open range from `begin` to `end`, 0 if it is empty."""
    if end <= begin:
        return 0
    first, last = begin // BLOCK, end // BLOCK
    between = sum(block(rota, number).used[-1] for number in range(first, last) if block(rota, number).used)
    return between + used_before(block(rota, last), end) - used_before(block(rota, first), begin)


def open_time_later(rota: Rota, begin: int, wanted: int) -> int | None:
    """Return the first instant with `wanted` open microseconds since `begin`; None if that never comes.

    The first such instant is closing time where the time runs out there, not the next opening (rule 4).
    """
    if wanted <= 0:
        return begin
    number, end = begin // BLOCK, last_block(rota)
    wanted += used_before(block(rota, number), begin)
    while number <= end:
        part = block(rota, number)
        if part.used and wanted <= part.used[-1]:
            at = bisect_left(part.used, wanted)
            return part.ends[at] - (part.used[at] - wanted)
        wanted -= part.used[-1] if part.used else 0
        number += 1
    return None


def opening_from(rota: Rota, begin: int) -> int | None:
    """Return the first open instant at or after `begin`; None if the calendar never opens again."""
    for number in range(begin // BLOCK, last_block(rota) + 1):
        part = block(rota, number)
        at = bisect_right(part.ends, begin)
        if at < len(part.ends):
            return max(begin, part.starts[at])
    return None
