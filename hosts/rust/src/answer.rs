//! What a decision says, and the answers that no module gives: to a request that cannot be written as JSON, and to a
//! failure of the module. Both are a deny.

use crate::failure::Failure;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// From the loosest to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Permit,
    /// Permitted within the answer's constraints.
    Narrow,
    /// Refused, unless somebody approves.
    Challenge,
    Deny,
    /// Denied, and what the subject holds is to be taken away.
    Revoke,
}

impl Effect {
    pub(crate) const ALL: [Self; 5] = [Self::Permit, Self::Narrow, Self::Challenge, Self::Deny, Self::Revoke];

    /// As AuthZEN responses and policies spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Narrow => "narrow",
            Self::Challenge => "challenge",
            Self::Deny => "deny",
            Self::Revoke => "revoke",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What a policy answers. A clone shares all that it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    told: Arc<Told>,
    valid_until: Option<i64>,
}

/// What of an answer does not change from one instant to the next.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) effect: Effect,
    pub(crate) reasons: Vec<Arc<str>>,
    pub(crate) reason_details: Vec<ReasonDetail>,
    pub(crate) constraints: Vec<(Arc<str>, Value)>,
    pub(crate) obligations: Vec<Obligation>,
    pub(crate) access_request: Option<AccessRequest>,
    pub(crate) read: Arc<[Arc<str>]>,
    pub(crate) single_use: bool,
    pub(crate) call_digest: Option<String>,
    pub(crate) error: Option<AnswerError>,
}

impl Answer {
    pub(crate) fn new(told: Arc<Told>, valid_until: Option<i64>) -> Self {
        Self { told, valid_until }
    }

    #[must_use]
    pub fn effect(&self) -> Effect {
        self.told.effect
    }

    /// AuthZEN's boolean: true for permit and narrow.
    #[must_use]
    pub fn decision(&self) -> bool {
        self.told.effect <= Effect::Narrow
    }

    /// Ids of the rules that fired at the winning effect, in ASCII order, each once.
    #[must_use]
    pub fn reasons(&self) -> &[Arc<str>] {
        &self.told.reasons
    }

    #[must_use]
    pub fn reason_details(&self) -> &[ReasonDetail] {
        &self.told.reason_details
    }

    /// By name, in ASCII order; with narrow only.
    #[must_use]
    pub fn constraints(&self) -> &[(Arc<str>, Value)] {
        &self.told.constraints
    }

    /// What must be done along with it, in the order of the reasons that ask for it.
    #[must_use]
    pub fn obligations(&self) -> &[Obligation] {
        &self.told.obligations
    }

    /// What may be asked of an approver; with challenge only.
    #[must_use]
    pub fn access_request(&self) -> Option<&AccessRequest> {
        self.told.access_request.as_ref()
    }

    /// It holds strictly before this instant, in milliseconds since the epoch. `None`: time alone changes nothing.
    #[must_use]
    pub fn valid_until(&self) -> Option<i64> {
        self.valid_until
    }

    /// Paths and tables whose change may change the answer, in ASCII order.
    #[must_use]
    pub fn read(&self) -> &[Arc<str>] {
        &self.told.read
    }

    /// Decisions of the session are among what it read: it holds for this action alone.
    #[must_use]
    pub fn single_use(&self) -> bool {
        self.told.single_use
    }

    /// With challenge only, where that depends on it: the digest of the call, which an approval must be bound to.
    #[must_use]
    pub fn call_digest(&self) -> Option<&str> {
        self.told.call_digest.as_deref()
    }

    /// What is wrong with the request, or with what should have judged it.
    #[must_use]
    pub fn error(&self) -> Option<&AnswerError> {
        self.told.error.as_ref()
    }

    /// An answer to what the module was not asked.
    pub(crate) fn invalid(error: AnswerError) -> Self {
        Self::denial(OwnReason::InvalidRequest, error)
    }

    pub(crate) fn engine_error(expected: &str, found: &str) -> Self {
        Self::denial(OwnReason::EngineError, AnswerError::new("engine_error", expected, found))
    }

    fn denial(reason: OwnReason, error: AnswerError) -> Self {
        Self::new(Arc::new(Told::alone(reason, everything(), Some(error))), None)
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        Self::denial(OwnReason::EngineError, failure.into())
    }
}

impl Told {
    /// An answer for a reason that is no rule's.
    pub(crate) fn alone(reason: OwnReason, read: Arc<[Arc<str>]>, error: Option<AnswerError>) -> Self {
        let (id, effect) = reason.named();
        let id: Arc<str> = id.into();
        let detail = ReasonDetail {
            id: Arc::clone(&id),
            effect,
            message: None,
            fired_on_unknown: false,
            unknown: Vec::new(),
            source: None,
        };
        Self {
            effect,
            reasons: vec![id],
            reason_details: vec![detail],
            constraints: Vec::new(),
            obligations: Vec::new(),
            access_request: None,
            read,
            single_use: false,
            call_digest: None,
            error,
        }
    }
}

/// A reason that is no rule's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnReason {
    DefaultDeny,
    InvalidRequest,
    EngineError,
    ClockWentBack,
    RevokedBefore,
}

impl OwnReason {
    pub(crate) fn named(self) -> (&'static str, Effect) {
        match self {
            Self::DefaultDeny => ("default_deny", Effect::Deny),
            Self::InvalidRequest => ("invalid_request", Effect::Deny),
            Self::EngineError => ("engine_error", Effect::Deny),
            Self::ClockWentBack => ("clock_went_back", Effect::Deny),
            Self::RevokedBefore => ("revoked_before", Effect::Revoke),
        }
    }
}

/// The whole request: what is read where the request itself is at fault.
pub(crate) use crate::contract::REQUEST_MEMBERS as EVERYTHING;

pub(crate) fn everything() -> Arc<[Arc<str>]> {
    EVERYTHING.map(Arc::from).into()
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonDetail {
    pub id: Arc<str>,
    pub effect: Effect,
    pub message: Option<String>,
    /// It fired because something is unknown, and not because its condition is true.
    pub fired_on_unknown: bool,
    /// The paths and tables that made it unknown, in ASCII order.
    pub unknown: Vec<Arc<str>>,
    /// `None`: it is no rule's.
    pub source: Option<Source>,
}

/// Where a rule stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub file: Arc<str>,
    pub line: u64,
    pub column: u64,
}

/// Whoever enforces a permit or a narrow carries out all of its obligations, or denies; those of another answer are
/// carried out beside the refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation {
    /// What the policy calls it.
    pub name: Arc<str>,
    /// What AuthZEN calls it: `step-up`, `notification`, `session_termination` or `custom`.
    pub kind: Arc<str>,
    /// By name, in ASCII order.
    pub properties: Vec<(Arc<str>, Value)>,
    /// Ids of the rules that asked for it, in ASCII order.
    pub reasons: Vec<Arc<str>>,
}

/// What may be asked of an approver, so that the same request may be granted later.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessRequest {
    pub name: Arc<str>,
    /// By name, in ASCII order; `expires_in` in seconds.
    pub properties: Vec<(Arc<str>, Value)>,
    /// Id of the rule that asks for it.
    pub reason: Arc<str>,
    /// The instant of evaluation, in milliseconds since the epoch.
    pub evaluated_at: i64,
    /// The request is to be made before this instant.
    pub expires_at: i64,
}

/// What is wrong with a request, or with what should have judged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerError {
    /// A name of the ABI's, or `engine_error`.
    pub code: &'static str,
    /// JSONPath (RFC 9535) of the member at fault; `$` for the request as a whole.
    pub path: String,
    pub expected: String,
    pub found: String,
    /// Bytes from the start of the text.
    pub offset: u32,
}

impl AnswerError {
    /// Of something as a whole.
    pub(crate) fn new(code: &'static str, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { code, path: "$".to_owned(), expected: expected.into(), found: found.into(), offset: 0 }
    }
}

impl From<Failure> for AnswerError {
    fn from(Failure { expected, found }: Failure) -> Self {
        Self::new("engine_error", expected, found)
    }
}

impl fmt::Display for AnswerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, expected, found, .. } = self;
        write!(out, "{path}: expected {expected}, found {found}")
    }
}

impl std::error::Error for AnswerError {}
