"""Runs the conformance cases, as `test/conformance/README.md` of the repository describes them, on this host: a folder of
cases comes in, how many checks there are and what failed go out."""

import base64
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import nhipol

Step: TypeAlias = Mapping[str, Any]
Outcome: TypeAlias = dict[str, Any]

_EXPECTED: Final = ("answer", "error", "changes", "text", "session", "misfit")
_GIVEN: Final = {"restore": ("text",)}
"""What a step is given, of the same names; all others are given their session."""


def check_all(folder: Path) -> tuple[int, list[str]]:
    """The checks, and a line for each that failed."""
    checks = 0
    failures: list[str] = []
    for path in json.loads((folder / "index.json").read_text("utf-8"))["cases"]:
        count, failed = check_case(folder, path)
        checks += count
        failures += failed
    malformed = json.loads((folder / "malformed.json").read_text("utf-8"))
    for row in malformed:
        try:
            nhipol.load(base64.b64decode(row["module_base64"]))
        except nhipol.LoadError:
            continue
        failures.append(f"malformed: {row['name']}: it was loaded")
    return checks + len(malformed), failures


def check_case(folder: Path, path: str) -> tuple[int, list[str]]:
    """The same of one case."""
    case = read_json((folder / path).read_text("utf-8"))
    performer = Performer(nhipol.load((folder / case["module"]).read_bytes()))
    failures = []
    for number, step in enumerate(case["steps"], 1):
        name = step.get("name", f"{number} {step['do']}")
        failures += [f"{case['name']}: {name}: {why}" for why in performer.check(step)]
    return len(case["steps"]), failures


def read_json(text: str) -> Any:
    """With exact numbers."""
    return json.loads(text, parse_float=Decimal)


class Performer:
    """Does the steps of a case. Its sessions' clock stands where a step puts it."""

    def __init__(self, policy: nhipol.Policy) -> None:
        self._policy = policy
        self._now = 0
        self._made: nhipol.Sessions | None = None

    def check(self, step: Step) -> list[str]:
        """Why it failed: at most one reason."""
        self._now = step.get("now", self._now)
        if step["do"] != "decide":
            return _compared(self._do(step), step)
        options = {"now": step.get("now"), "clock": step["clock"]}
        failures = _compared(
            {"answer": _told(self._policy.decide_json(_request(step), **options))}, step
        )
        if step.get("native") and not failures:
            values = read_json(step["request"])
            failures = _compared({"answer": _told(self._policy.decide(values, **options))}, step)
            failures = [f"native: {why}" for why in failures]
        return failures

    @property
    def _sessions(self) -> nhipol.Sessions:
        if self._made is None:
            self._made = self._policy.sessions(clock=lambda: self._now)
        return self._made

    def _do(self, step: Step) -> Outcome:
        try:
            return self._doings[step["do"]](self, step) or {}
        except nhipol.TableError as failure:
            return {"error": {**_fault(failure), "offset": failure.offset}}
        except nhipol.SessionError as failure:
            return {"error": _fault(failure)}

    def _load_table(self, step: Step) -> None:
        self._policy.load_table(step["table"], step["contents"])

    def _drop_table(self, step: Step) -> None:
        self._policy.drop_table(step["table"])

    def _open(self, step: Step) -> None:
        self._sessions.open(step["session"], step["request"])

    def _patch(self, step: Step) -> None:
        self._sessions.patch(step["session"], step["part"])

    def _replace(self, step: Step) -> None:
        self._sessions.replace(step["session"], step["part"])

    def _record(self, step: Step) -> None:
        self._sessions.record(step["session"], step["signal"], step["told"], time=step.get("time"))

    def _ask(self, step: Step) -> Outcome:
        return {"answer": _told(self._sessions.decide(step["session"], step.get("asked")))}

    def _reevaluate(self, step: Step) -> Outcome:
        return {"answer": _told(self._sessions.reevaluate(step["session"]))}

    def _sweep(self, step: Step) -> Outcome:
        changes = self._sessions.sweep(all=step["all"])
        told = [
            {"session": change.session, "before": change.before, "after": change.after}
            for change in changes
        ]
        return {"changes": sorted(told, key=lambda change: change["session"])}

    def _snapshot(self, step: Step) -> Outcome:
        return {"text": self._sessions.snapshot(step["session"])}

    def _restore(self, step: Step) -> Outcome:
        restored = self._sessions.restore(step["text"])
        misfit = {} if restored.misfit is None else {"misfit": _fault(restored.misfit)}
        return {"session": restored.session, **misfit}

    def _close(self, step: Step) -> None:
        self._sessions.close(step["session"])

    _doings: Mapping[str, Callable[["Performer", Step], Outcome | None]] = {
        "load_table": _load_table,
        "drop_table": _drop_table,
        "open": _open,
        "patch": _patch,
        "replace": _replace,
        "record": _record,
        "ask": _ask,
        "reevaluate": _reevaluate,
        "sweep": _sweep,
        "snapshot": _snapshot,
        "restore": _restore,
        "close": _close,
    }


def _request(step: Step) -> str | bytes:
    if "request" in step:
        return str(step["request"])
    return base64.b64decode(step["request_base64"])


def _told(answer: nhipol.Answer) -> Any:
    return read_json(answer.to_authzen_json())


def _fault(failure: Any) -> Outcome:
    return {name: getattr(failure, name) for name in ("code", "path", "expected", "found")}


def _compared(told: Outcome, step: Step) -> list[str]:
    given = _GIVEN.get(step["do"], ("session",))
    expected = {name: step[name] for name in _EXPECTED if name in step and name not in given}
    if "error" in told and "offset" not in expected.get("error", {"offset": 0}):
        told["error"].pop("offset", None)
    if _essence(told) == _essence(expected):
        return []
    return [f"expected {_shown(expected)}, found {_shown(told)}"]


def _essence(outcome: Outcome) -> Outcome:
    """Each host says in its own words what failed in it."""
    context = outcome.get("answer", {}).get("context", {})
    if context.get("error", {}).get("code") != "engine_error":
        return outcome
    return {
        "decision": outcome["answer"]["decision"],
        "effect": context["effect"],
        "reasons": context["reasons"],
        "code": "engine_error",
    }


def _shown(outcome: Outcome) -> str:
    return json.dumps(outcome, default=str, ensure_ascii=False)
