"""Answers questions about scripts of SMT-LIB: one JSON object per line in, one per line out.

A question has a `script`, the `asserts` on top of it, the `terms` whose values are wanted, and `timeout` in milliseconds. With
`keep`, the script of the last question is kept."""

import json
import sys

import cvc5

scope = None


def begin(script, timeout):
    solver = cvc5.Solver()
    for name, value in {
        "produce-models": "true",
        "incremental": "true",
        "strings-exp": "true",
        "tlimit-per": str(timeout),
    }.items():
        solver.setOption(name, value)
    solver.setLogic("ALL")
    parser = cvc5.InputParser(solver)
    run(solver, parser, script)
    return solver, parser


def run(solver, parser, text):
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "script")
    symbols = parser.getSymbolManager()
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return
        result = command.invoke(solver, symbols)
        if result and "error" in result:
            raise RuntimeError(result)


def read(parser, text):
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "term")
    return parser.nextTerm()


def shown(term):
    if term.isStringValue():
        return {"string": [ord(each) for each in term.getStringValue()]}
    if term.isIntegerValue():
        return {"integer": str(term.getIntegerValue())}
    if term.isBitVectorValue():
        return {"bits": term.getBitVectorValue(2)}
    if term.isBooleanValue():
        return {"boolean": term.getBooleanValue()}
    raise RuntimeError(f"{term} is no value")


def answer(question):
    global scope
    if not question.get("keep"):
        scope = begin(question["script"], question["timeout"])
    solver, parser = scope
    solver.push()
    try:
        for text in question["asserts"]:
            solver.assertFormula(read(parser, text))
        result = solver.checkSat()
        if result.isUnsat():
            return {"result": "unsat"}
        if not result.isSat():
            return {"result": "unknown", "why": str(result)}
        values = [shown(solver.getValue(read(parser, text))) for text in question["terms"]]
        return {"result": "sat", "values": values}
    finally:
        solver.pop()


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except Exception as error:  # noqa: BLE001
        scope = None
        print(json.dumps({"result": "error", "why": str(error)}), flush=True)
