"""Runs the conformance cases, as `test/conformance/README.md` of the repository describes them, on this host: a folder of
cases goes in, the number of checks and the failures come out."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import nhipol
from nhipol.instant import write_instant

Step: TypeAlias = Mapping[str, Any]
Outcome: TypeAlias = dict[str, Any]

_EXPECTED: Final = (
    *("answer", "error", "changes", "text", "session", "mismatch"),
    *("possible", "reasons", "valid_until"),
)
_GIVEN: Final = {"restore": ("text",)}
"""Inputs of a step that have the name of an outcome; all others have their session."""


def check_all(folder: Path) -> tuple[int, list[str]]:
    """Returns the number of checks, and a line for each that failed."""
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
    """Does the same for one case."""
    case = read_json((folder / path).read_text("utf-8"))
    performer = Performer(nhipol.load((folder / case["module"]).read_bytes()))
    failures = []
    for number, step in enumerate(case["steps"], 1):
        name = step.get("name", f"{number} {step['do']}")
        failures += [f"{case['name']}: {name}: {why}" for why in performer.check(step)]
    return len(case["steps"]), failures


def read_json(text: str) -> Any:
    """Parses JSON with exact numbers."""
    return json.loads(text, parse_float=Decimal)


class Performer:
    """Performs the steps of a case. The clock of its sessions is set by the steps."""

    def __init__(self, policy: nhipol.Policy) -> None:
        self._policy = policy
        self._now = 0
        self._opened: nhipol.Sessions | None = None

    def check(self, step: Step) -> list[str]:
        """Returns why the step failed: at most one reason."""
        self._now = step.get("now", self._now)
        if step["do"] == "decide":
            return next(filter(None, self._decide(step)), [])
        if step["do"] == "could":
            return next(filter(None, self._could(step)), [])
        return _compared(self._do(step), step)

    def _could(self, step: Step) -> Iterator[list[str]]:
        """States in each of the ways that a policy offers what is possible."""
        options = {"now": step.get("now"), "clock": step["clock"]}
        yield _compared(_possibility_of(self._policy.could_json(_request(step), **options)), step)
        if step.get("native"):
            found = self._policy.could(read_json(step["request"]), **options)
            yield _compared(_possibility_of(found), step, "native: ")

    def _decide(self, step: Step) -> Iterator[list[str]]:
        """Decides in each of the ways that a policy offers."""
        options = {"now": step.get("now"), "clock": step["clock"]}
        request = _request(step)
        response = self._policy.decide_response(request, **options)
        yield _compared({"answer": read_json(response.decode())}, step, "response: ")
        answer = self._policy.decide_json(request, **options)
        yield _compared({"answer": _answer_of(answer)}, step)
        if step.get("native"):
            answer = self._policy.decide(read_json(step["request"]), **options)
            yield _compared({"answer": _answer_of(answer)}, step, "native: ")

    @property
    def _sessions(self) -> nhipol.Sessions:
        if self._opened is None:
            self._opened = self._policy.sessions(clock=lambda: self._now)
        return self._opened

    def _do(self, step: Step) -> Outcome:
        try:
            return self._actions[step["do"]](self, step) or {}
        except nhipol.TableError as failure:
            return {"error": failure.error._asdict()}
        except nhipol.SessionError as failure:
            return {"error": _without_offset(failure.error)}

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
        self._sessions.record(step["session"], step["signal"], step["payload"], time=step.get("time"))

    def _decide_session(self, step: Step) -> Outcome:
        return {"answer": _answer_of(self._sessions.decide(step["session"], step.get("request")))}

    def _could_session(self, step: Step) -> Outcome:
        return _possibility_of(self._sessions.could(step["session"], step.get("request")))

    def _reevaluate(self, step: Step) -> Outcome:
        return {"answer": _answer_of(self._sessions.reevaluate(step["session"]))}

    def _sweep(self, step: Step) -> Outcome:
        changes = [
            {"session": change.session, "before": change.before.value, "after": change.after.value}
            for change in self._sessions.sweep(all=step["all"])
        ]
        return {"changes": sorted(changes, key=lambda change: change["session"])}

    def _snapshot(self, step: Step) -> Outcome:
        return {"text": self._sessions.snapshot(step["session"])}

    def _restore(self, step: Step) -> Outcome:
        session, mismatch = self._sessions.restore(step["text"])
        shown = {} if mismatch is None else {"mismatch": _without_offset(mismatch)}
        return {"session": session, **shown}

    def _close(self, step: Step) -> None:
        self._sessions.close(step["session"])

    _actions: Mapping[str, Callable[["Performer", Step], Outcome | None]] = {
        "load_table": _load_table,
        "drop_table": _drop_table,
        "open": _open,
        "patch": _patch,
        "replace": _replace,
        "record": _record,
        "decide_session": _decide_session,
        "could_session": _could_session,
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


def _possibility_of(found: nhipol.Possibility) -> Outcome:
    outcome: Outcome = {"possible": found.possible, "reasons": list(found.reasons)}
    if found.valid_until_ms is not None:
        outcome["valid_until"] = found.valid_until_ms
    if found.error is not None:
        outcome["error"] = found.error._asdict()
    return outcome


def _answer_of(answer: nhipol.Answer) -> Outcome:
    """The response, after it was compared with the typed parts."""
    response: Outcome = read_json(answer.response.decode())
    typed = _typed(answer)
    return response if typed == response else {"typed": typed, "response": response}


def _typed(answer: nhipol.Answer) -> Outcome:
    context: Outcome = {
        "effect": answer.effect.value,
        "reasons": list(answer.reasons),
        "reason_details": [_present(detail) for detail in answer.reason_details],
    }
    if answer.effect is nhipol.Effect.NARROW:
        context["constraints"] = _plain(answer.constraints)
    if answer.lower:
        context["lower"] = _plain(answer.lower)
    if answer.obligations:
        context["obligations"] = [_present(each) for each in answer.obligations]
    if answer.access_request is not None:
        context |= _access_request(answer.access_request)
    if answer.valid_until_ms is not None:
        context["valid_until"] = write_instant(answer.valid_until_ms)
    context["read"] = list(answer.read)
    if answer.single_use:
        context["single_use"] = True
    if answer.call_digest is not None:
        context["call_digest"] = answer.call_digest
    if answer.error is not None:
        context["error"] = answer.error._asdict()
    return {"decision": answer.decision, "context": context}


def _access_request(request: nhipol.AccessRequest) -> Outcome:
    return {
        "access_request": {**_plain(request.properties), "expires_at": request.expires_at},
        "reason": request.reason,
        "evaluated_at": request.evaluated_at,
        "access_request_name": request.name,
    }


def _present(part: Any) -> Outcome:
    """The members that the response contains."""
    return {name: _plain(value) for name, value in part._asdict().items() if value not in (None, ())}


def _plain(value: Any) -> Any:
    if isinstance(value, nhipol.Effect):
        return value.value
    if isinstance(value, nhipol.Source):
        return value._asdict()
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _without_offset(error: nhipol.AnswerError) -> Outcome:
    members: Outcome = error._asdict()
    del members["offset"]
    return members


def _compared(outcome: Outcome, step: Step, way: str = "") -> list[str]:
    given = _GIVEN.get(step["do"], ("session",))
    expected = {name: step[name] for name in _EXPECTED if name in step and name not in given}
    if "error" in outcome and "offset" not in expected.get("error", {"offset": 0}):
        outcome["error"].pop("offset", None)
    if _essence(outcome) == _essence(expected):
        return []
    return [f"{way}expected {_shown(expected)}, found {_shown(outcome)}"]


def _essence(outcome: Outcome) -> Outcome:
    """Each host describes its own failures."""
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
