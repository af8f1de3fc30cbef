"""The examples of the README run."""

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import PACKAGE

from nhipol_agents import NotPermitted, Revoked


def test_the_examples_of_the_readme_run(policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(policy, tmp_path / "shop.wasm")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec", dont_inherit=True), names)  # noqa: S102
    with names["guard"]:
        assert len(blocks) == 3
        assert names["find_orders"]("ada") == ["ada-0", "ada-1"]
        assert asyncio.run(names["refund"]("ada-1", 250)) == "paid 250 for ada-1"
        with pytest.raises(NotPermitted):
            asyncio.run(names["refund"]("ada-1", 5_000))
        with pytest.raises(Revoked, match="no agent deletes the shop"):
            names["tools"][0].invoke({})
    assert (tmp_path / "decisions.jsonl").exists()
