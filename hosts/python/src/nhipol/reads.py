"""What an answer read: the paths and tables of every rule that bears on its effect, whatever the rules'
conditions came to. Fixed by the manifest, the request's selectors and the effect."""

from typing import Final, NamedTuple

from ._contract import (
    VIOLATION_UNKNOWN_PATH,
)
from .abi import EFFECTS, Effect
from .answer import EVERYTHING
from .errors import misread
from .manifest import Manifest, RuleRow

_MOST_KEPT: Final = 4096
"""Callers choose among the combinations: what is kept of them must have an end."""


class Selectors(NamedTuple):
    """Places in the manifest's lists, plus 1; 0: a name that no list has."""

    subject: int
    action: int
    resource: int


class Read(NamedTuple):
    """`single_use`: whether decisions of its session have a share in it."""

    paths: tuple[str, ...]
    single_use: bool


ALL: Final = Read(EVERYTHING, False)
"""Of what was not judged."""


class Reads:
    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._kept: dict[tuple[Selectors, Effect | None], Read] = {}

    def of(self, selectors: Selectors, effect: Effect | None) -> Read:
        """`effect`: None if nothing was permitted and nothing was denied."""
        kept = self._kept.get((selectors, effect))
        if kept is not None:
            return kept
        made = self._make(selectors, effect)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[selectors, effect] = made
        return made

    def of_invalid(self, selectors: Selectors) -> Read:
        """Of a request at fault: all of it, and what the revokes ask of what happened."""
        history = self._manifest.history
        if history is None:
            return ALL
        asked = {
            place
            for rule in self._manifest.rules
            if Effect.REVOKE in rule.effects and _applies(rule, selectors)
            for place in rule.read
            if place in history.terms
        }
        paths = {*EVERYTHING, *map(self._path, asked)}
        return Read(tuple(sorted(paths)), not asked.isdisjoint(history.decisions))

    def _make(self, selectors: Selectors, effect: Effect | None) -> Read:
        manifest = self._manifest
        read = {
            place
            for rule in manifest.rules
            if _applies(rule, selectors) and (effect is None or _bears(rule, effect))
            for place in rule.read
        }
        paths = {*manifest.choosers, *map(self._path, read)}
        history = manifest.history
        single_use = history is not None and not read.isdisjoint(history.decisions)
        return Read(tuple(sorted(paths)), single_use)

    def _path(self, place: int) -> str:
        reads = self._manifest.reads
        if place >= len(reads):
            raise misread(VIOLATION_UNKNOWN_PATH)
        return reads[place]


def _applies(rule: RuleRow, selectors: Selectors) -> bool:
    return (
        _chosen(rule.subjects, selectors.subject)
        and _chosen(rule.actions, selectors.action)
        and _chosen(rule.resources, selectors.resource)
    )


def _chosen(listed: tuple[int, ...] | None, selector: int) -> bool:
    return listed is None or (selector > 0 and selector in listed)


def _bears(rule: RuleRow, effect: Effect) -> bool:
    """Rules that can fire as strictly; permits too where the effect stands on one."""
    is_granted = effect in (Effect.NARROW, Effect.CHALLENGE)
    return any(
        EFFECTS.index(own) >= EFFECTS.index(effect) or (is_granted and own == Effect.PERMIT)
        for own in rule.effects
    )
