"""What callers of a guarded function catch."""

from nhipol import Effect, Obligation


class NotPermitted(Exception):  # noqa: N818
    """A call was refused: its function did not run, or it was stopped while it ran. The message is for the agent."""

    def __init__(
        self,
        tool: str,
        reason: str,
        *,
        effect: Effect = Effect.DENY,
        reasons: tuple[str, ...] = (),
        obligations: tuple[Obligation, ...] = (),
    ) -> None:
        super().__init__(f"not permitted: {reason}")
        self.tool = tool
        self.reason = reason
        """The messages of the rules, or what went wrong."""
        self.effect = effect
        self.reasons = reasons
        """The ids of the rules, or of another reason."""
        self.obligations = obligations
        """The obligations of the refusal, such as a step-up. Those that have a function were carried out."""
        self.is_settled = False


class Revoked(NotPermitted):
    """The session was revoked: its running calls are stopped, and every later call is refused."""


class LogError(Exception):
    """A decision log cannot be opened or written."""
