"""What was wrong with the request, from the module's numbers and the words of manifest and contract."""

from struct import Struct
from typing import Final

from ._contract import (
    ERROR_TEXTS,
    FOUND_TEXTS,
    VIOLATION_CYCLIC_PATH,
    VIOLATION_UNKNOWN_ERROR,
)
from .answer import AnswerError
from .errors import misread
from .instance import Instance
from .json_text import place_indexes
from .manifest import Manifest

_ERROR: Final = Struct("<16x8I").unpack_from
"""Code, path, what was found, offset, and four places in arrays."""


def read_error(instance: Instance, result: int, manifest: Manifest) -> AnswerError | None:
    """None: there is no error."""
    code, place, found, offset, *indexes = _ERROR(instance.view, result)
    if code == 0:
        return None
    texts = ERROR_TEXTS.get(code)
    paths = manifest.paths
    usual = paths[place][2] if place < len(paths) else len(manifest.expected)
    if texts is None or usual >= len(manifest.expected) or found >= len(FOUND_TEXTS):
        raise misread(VIOLATION_UNKNOWN_ERROR)
    return AnswerError(
        code=texts.name,
        path=place_indexes(_path(place, manifest), indexes),
        expected=texts.expected or manifest.expected[usual],
        found=texts.found or FOUND_TEXTS[found],
        offset=offset,
    )


def _path(place: int, manifest: Manifest) -> str:
    """Row by row to the first, which all begin with."""
    steps = []
    while True:
        before, step, _ = manifest.paths[place]
        steps.append(step)
        if place == 0:
            return "".join(reversed(steps))
        if before >= place:
            raise misread(VIOLATION_CYCLIC_PATH)
        place = before
