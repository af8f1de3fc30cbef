"""A guard with the policy of the example, which the command line of the repository compiles once."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from nhipol_agents import Guard

HERE: Final = Path(__file__).parent
PACKAGE: Final = HERE.parent
ROOT: Final = HERE.parents[2]

Lines: TypeAlias = list[dict[str, Any]]


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of the compiled policy."""
    return compiled(PACKAGE / "examples/shop.nhipol", tmp_path_factory.mktemp("policy"))


def compiled(source: Path, folder: Path) -> Path:
    """Compiles a policy into a folder, and returns the path of its module."""
    module = folder / source.with_suffix(".wasm").name
    command = ["node", str(ROOT / "dist/bin/nhipol.js"), "compile", str(source)]
    subprocess.run([*command, "--sessions", "-o", str(module)], check=True, capture_output=True)  # noqa: S603
    return module


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "decisions.jsonl"


@pytest.fixture
def guard_with(policy: Path, log: Path) -> Iterator[Callable[..., Guard]]:
    """Opens a guard with options, and closes it after the test."""
    opened = []

    def open_guard(**options: Any) -> Guard:
        subject = {"type": "ai_agent", "id": "bot-7", "properties": options.pop("properties", {})}
        defaults = {"subject": subject, "server": "shop", "context": {"customer": "ada"}, "log": log}
        guard = Guard(policy, **{**defaults, **options})
        opened.append(guard)
        return guard

    yield open_guard
    for guard in opened:
        guard.close()


def lines(log: Path, kind: str | None = None) -> Lines:
    """The entries of a log, of one kind."""
    read = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return [line for line in read if kind in (None, line["kind"])]


def enforcements(log: Path) -> list[tuple[str, str, str]]:
    """Trigger, effect and enforcement of each decision of a log."""
    return [(line["trigger"], line["effect"], line["enforcement"]) for line in lines(log, "decision")]
