"""The conformance cases of the repository, whose modules all tests here use."""

import os
import sys
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
sys.path.insert(0, str(_HERE.parent / "tools"))

CASES: Final = Path(os.environ.get("NHIPOL_CONFORMANCE", _HERE.parents[2] / "test" / "conformance"))


def module(name: str) -> bytes:
    """The bytes of a compiled policy."""
    return (CASES / "modules" / f"{name}.wasm").read_bytes()
