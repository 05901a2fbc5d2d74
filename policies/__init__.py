"""Policy files: every number, limit, text and rule choice of a firm, as data."""

from policies.errors import PolicyError, Problem
from policies.publishing import in_force, unpublishable
from policies.reading import load, path_of, resolve_names, wordings

__all__ = [
    "PolicyError",
    "Problem",
    "in_force",
    "load",
    "path_of",
    "resolve_names",
    "unpublishable",
    "wordings",
]
