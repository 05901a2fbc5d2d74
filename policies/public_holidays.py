"""Public holidays of a country, looked up in the package `holidays` and written out as dates."""

from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import holidays

from policies.errors import PolicyError
from policies.tree import Document

PLACE = ("calendar", "public_holidays")
MAX_YEARS = 40


def resolved(document: Document, first: int, years: int) -> dict[str, Any]:
    """Return a file's `calendar` with its public holidays as dates, and `holidays_from`.

    Args:
        document: The policy file; `calendar.public_holidays` names a country and perhaps a subdivision.
        first: First year.
        years: How many years.

    Raises:
        PolicyError: The country is not known.
    """
    calendar = document.value.get("calendar")
    if not isinstance(calendar, dict) or "public_holidays" not in calendar:
        return {"holidays_from": "none"}
    country, subdivision = _asked(document, calendar["public_holidays"])
    plain = {key: value for key, value in calendar.items() if key != "public_holidays"}
    given = plain.get("holidays", [])
    if isinstance(given, list):
        found = (day.isoformat() for day in _days(country, subdivision, first, years))
        plain["holidays"] = sorted({*map(str, given), *found})
    place = f"{country}/{subdivision}" if subdivision else country
    source = f"holidays {version('holidays')}, {place}, {first} to {first + years - 1}"
    return {"calendar": plain, "holidays_from": source}


def _asked(document: Document, asked: Any) -> tuple[str, str | None]:
    match asked:
        case {"country": str(country), **rest} if rest.keys() <= {"subdivision"}:
            subdivision = rest.get("subdivision")
        case _:
            message = "must be {country: KR}, with subdivision: ENG or the like where the country has them"
            raise PolicyError([document.problem(PLACE, message)])
    known = holidays.list_supported_countries()
    if country not in known:
        raise PolicyError([document.problem((*PLACE, "country"), "must be an ISO 3166 code such as KR")])
    if subdivision is not None and subdivision not in known[country]:
        message = f"must be one of {', '.join(known[country]) or 'none at all'}"
        raise PolicyError([document.problem((*PLACE, "subdivision"), message)])
    return country, subdivision


@lru_cache(maxsize=256)
def _days(country: str, subdivision: str | None, first: int, years: int) -> tuple[date, ...]:
    found = holidays.country_holidays(country, subdiv=subdivision, years=range(first, first + years))
    # An observed New Year's Day may fall into the year before.
    return tuple(sorted(day for day in found if first <= day.year < first + years))
