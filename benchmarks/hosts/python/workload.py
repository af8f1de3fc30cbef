"""The requests of a workload and their expected decisions. Engines read the other files with its name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Workload:
    folder: Path
    name: str
    requests: tuple[bytes, ...]
    allowed: tuple[bool, ...]

    def path(self, ending: str) -> Path:
        return self.folder / f"{self.name}.{ending}"

    def text(self, ending: str) -> str:
        return self.path(ending).read_text("utf-8")

    @property
    def has_rules(self) -> bool:
        """Returns true if its rules are distinguished by action and resource type."""
        return self.name.startswith("p3")


def read_workload(folder: Path, name: str) -> Workload:
    requests = (folder / f"{name}.jsonl").read_bytes().removesuffix(b"\n").split(b"\n")
    effects = (folder / f"{name}.effects").read_text("ascii").split()
    return Workload(folder, name, tuple(requests), tuple(effect == "permit" for effect in effects))


Request = dict[str, Any]
