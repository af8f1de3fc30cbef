"""Each engine prepares a function for a workload: from the bytes of a request to whether it is permitted. Policies are
read in advance. Engines that do not accept JSON get the values from orjson, the fastest JSON parser for Python."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import cedarpy
import cel
import celpy
import nhipol
import orjson
from cel_expr_python import cel as cel_cpp
from regopy import Interpreter

from workload import Workload

Decide: TypeAlias = Callable[[bytes], bool]


def prepare_nhipol(workload: Workload) -> Decide:
    policy = nhipol.load(workload.path("wasm").read_bytes())
    return lambda request: policy.decide_json(request).decision


def prepare_cedar(workload: Workload) -> Decide:
    """Passes entities and context as JSON, because `is_authorized` would serialize them more slowly."""
    policies = cedarpy.PolicySet.from_str(workload.text("cedar"))

    def decide(request: bytes) -> bool:
        values = orjson.loads(request)
        subject, action, resource = values["subject"], values["action"]["name"], values["resource"]
        principal = {"type": subject["type"], "id": subject["id"]}
        target = {"type": resource["type"], "id": resource["id"]}
        entities = [
            {"uid": principal, "attrs": subject["properties"], "parents": []},
            {"uid": target, "attrs": resource["properties"], "parents": []},
        ]
        query = {
            "principal": principal,
            "action": {"type": "Action", "id": action},
            "resource": target,
            "context": orjson.dumps({**values["context"], "action_name": action}).decode(),
        }
        result = cedarpy.is_authorized(query, policies, orjson.dumps(entities).decode())
        if result.diagnostics.errors:
            raise ValueError(result.diagnostics.errors)
        return result.allowed

    return decide


def prepare_cel_cpp(workload: Workload) -> Decide:
    names = ("subject", "action", "resource", "context")
    environment = cel_cpp.NewEnv(variables=dict.fromkeys(names, cel_cpp.Type.DYN))
    return _by_rules(
        workload,
        environment.compile,
        lambda program, facts: program.eval(data=facts).value(),
        lambda facts: facts,
    )


def prepare_cel_rust(workload: Workload) -> Decide:
    return _by_rules(
        workload, cel.compile, lambda program, facts: program.execute(facts), lambda facts: facts
    )


def prepare_cel_python(workload: Workload) -> Decide:
    environment = celpy.Environment()
    return _by_rules(
        workload,
        lambda text: environment.program(environment.compile(text)),
        lambda program, facts: bool(program.evaluate(facts)),
        celpy.json_to_cel,
    )


def prepare_rego(workload: Workload) -> Decide:
    interpreter = Interpreter()
    interpreter.add_module("bench", workload.text("rego"))
    interpreter.add_data_json(workload.text("data.json"))
    bundle = interpreter.build(None, ["bench/allow"])

    def decide(request: bytes) -> bool:
        interpreter.set_input_term(request.decode())
        output = interpreter.query_bundle_entrypoint(bundle, "bench/allow")
        return bool(output.results[0].expressions[0])

    return decide


def _by_rules(
    workload: Workload,
    compile_text: Callable[[str], Any],
    holds: Callable[[Any, Any], bool],
    facts_of: Callable[[Any], Any],
) -> Decide:
    """Evaluates CEL expressions. If there are many, those for the action and resource type are found by a dictionary."""
    lines = workload.text("cel").splitlines()
    if not workload.has_rules:
        program = compile_text(lines[0])
        return lambda request: holds(program, facts_of(orjson.loads(request)))
    rules: dict[tuple[str, str], list[Any]] = {}
    for line in lines:
        action, kind, text = line.split("\t")
        rules.setdefault((action, kind), []).append(compile_text(text))

    def decide(request: bytes) -> bool:
        values = orjson.loads(request)
        chosen = rules.get((values["action"]["name"], values["resource"]["type"]), ())
        facts = facts_of(values)
        return any(holds(program, facts) for program in chosen)

    return decide


ENGINES: Final[dict[str, Callable[[Workload], Decide]]] = {
    "nhipol": prepare_nhipol,
    "cel-expr-python": prepare_cel_cpp,
    "common-expression-language": prepare_cel_rust,
    "cedarpy": prepare_cedar,
    "regopy": prepare_rego,
    "cel-python": prepare_cel_python,
}
