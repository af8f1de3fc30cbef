"""An answer as an AuthZEN evaluation response: its boolean, and everything else as the context."""

from typing import TYPE_CHECKING

from .json_text import to_json
from .show import show_instant

if TYPE_CHECKING:
    from .answer import AccessRequest, Answer, Obligation, ReasonDetail


def response_json(answer: "Answer") -> str:
    return to_json(response(answer))


def response(answer: "Answer") -> dict[str, object]:
    context: dict[str, object] = {
        "effect": answer.effect.value,
        "reasons": list(answer.reasons),
        "reason_details": [_reason(detail) for detail in answer.reason_details],
    }
    if answer.effect.value == "narrow":
        context["constraints"] = dict(answer.constraints)
    if answer.obligations:
        numbered = enumerate(answer.obligations, 1)
        context["obligations"] = [_obligation(number, one) for number, one in numbered]
    if answer.access_request is not None:
        context |= _access_request(answer.access_request)
    if answer.valid_until is not None:
        context["valid_until"] = show_instant(answer.valid_until)
    context["read"] = list(answer.read)
    if answer.single_use:
        context["single_use"] = True
    if answer.call_digest is not None:
        context["call_digest"] = answer.call_digest
    if answer.error is not None:
        error = answer.error
        context["error"] = {
            "code": error.code,
            "path": error.path,
            "expected": error.expected,
            "found": error.found,
            "offset": error.offset,
        }
    return {"decision": answer.decision, "context": context}


def _reason(detail: "ReasonDetail") -> dict[str, object]:
    told: dict[str, object] = {"id": detail.id, "effect": detail.effect.value}
    if detail.message is not None:
        told["message"] = detail.message
    told["fired_on"] = detail.fired_on
    if detail.unknown:
        told["unknown"] = list(detail.unknown)
    if detail.source is not None:
        source = detail.source
        told["source"] = {"file": source.file, "line": source.line, "column": source.column}
    return told


def _obligation(number: int, obligation: "Obligation") -> dict[str, object]:
    return {
        "id": f"obl-{number}",
        "type": obligation.type,
        "properties": dict(obligation.properties),
        "name": obligation.name,
        "reasons": list(obligation.reasons),
    }


def _access_request(asked: "AccessRequest") -> dict[str, object]:
    said: dict[str, object] = dict(asked.properties)
    said.pop("expires_in", None)
    return {
        "access_request": {**said, "expires_at": show_instant(asked.expires_at)},
        "reason": asked.reason,
        "evaluated_at": show_instant(asked.evaluated_at),
    }
