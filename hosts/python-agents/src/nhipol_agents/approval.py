"""Approvals: what an approver is asked about one call, and what it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .log import instant


@dataclass(frozen=True, slots=True)
class Question:
    """May this call be made, once? The digest covers the subject, the action with all arguments, and the resource."""

    id: str
    digest: str
    subject: Mapping[str, Any]
    server: str
    tool: str
    arguments: Mapping[str, Any]
    """The exact arguments, as JSON has them. `str(question)` masks those that the policy declares as secret."""
    shown: Mapping[str, Any]
    reason: str
    """Why the policy requires an approval."""
    expires_at: datetime
    """An approval counts strictly before this instant."""

    def __str__(self) -> str:
        arguments = json.dumps(self.shown, indent=2, ensure_ascii=False, default=str)
        who = f"{self.subject.get('type')} {self.subject.get('id')}"
        return f"{self.reason}\n\n{who} wants to call {self.tool} of {self.server}\n{arguments}"


class Approval(NamedTuple):
    """What an approver returns besides True: who agreed, and how."""

    approver: str | None = None
    channel: str = "callback"


class Granted(NamedTuple):
    """An approval of one call, in milliseconds since the epoch. It is used by one decision."""

    id: str
    digest: str
    approval: Approval
    reasons: tuple[str, ...]
    """The reasons of the challenge."""
    granted_at: int
    expires_at: int

    def for_policy(self) -> dict[str, str]:
        """As an element of `context.approvals`."""
        approver = self.approval.approver
        named = {} if approver is None else {"approver": approver}
        times = {"expires_at": instant(self.expires_at), "granted_at": instant(self.granted_at)}
        return {"digest": self.digest, **times, **named}

    def for_log(self) -> dict[str, str]:
        approver = self.approval.approver
        named = {} if approver is None else {"approver": approver}
        times = {"granted_at": instant(self.granted_at), "expires_at": instant(self.expires_at)}
        return {"id": self.id, "channel": self.approval.channel, **named, **times}
