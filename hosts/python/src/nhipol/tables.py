"""What the external tables of a policy hold, as a value: a policy puts another in its place, and instances see that theirs
is an older one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Texts by the tables' places in the manifest; what is not there is empty."""

    texts: Mapping[int, bytes] = field(default_factory=dict)

    def replaced(self, place: int, text: bytes) -> "Tables":
        return Tables({**self.texts, place: text})

    def dropped(self, place: int) -> "Tables":
        return Tables({other: text for other, text in self.texts.items() if other != place})

    def changes_from(self, before: "Tables") -> Mapping[int, bytes | None]:
        """By place, what is another text there; None: it is empty now."""
        places = {*self.texts, *before.texts}
        return {
            place: self.texts.get(place)
            for place in sorted(places)
            if self.texts.get(place) is not before.texts.get(place)
        }


NO_TABLES: Final = Tables()
