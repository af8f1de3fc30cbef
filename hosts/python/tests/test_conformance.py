"""Every case passes, and every malformed module is refused."""

import base64
import json

import pytest
from conformance import check_case
from conftest import CASES

import nhipol

_PATHS = json.loads((CASES / "index.json").read_text("utf-8"))["cases"]
_MALFORMED = json.loads((CASES / "malformed.json").read_text("utf-8"))


@pytest.mark.parametrize("path", _PATHS)
def test_a_case_passes(path: str) -> None:
    checks, failures = check_case(CASES, path)
    assert checks > 0
    assert failures == []


@pytest.mark.parametrize("row", _MALFORMED, ids=lambda row: str(row["name"]))
def test_a_malformed_module_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(nhipol.LoadError):
        nhipol.load(base64.b64decode(row["module_base64"]))
