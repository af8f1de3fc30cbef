//! Responses: parses the JSON that a module wrote into typed members, and writes them as JSON again.

use crate::answer::Effect;
use crate::contract::{VIOLATION_INVALID_RESPONSE, error_codes};
use crate::error::{AnswerError, Stop};
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Not;

/// Values by name, in ASCII order.
pub type Values = BTreeMap<String, Value>;

#[derive(Serialize, Deserialize)]
struct Response {
    decision: bool,
    context: Details,
}

/// The members of an answer, as in the context of an AuthZEN response.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Details {
    effect: Effect,
    /// Ids of the rules that fired at the effect of the answer, in ASCII order, each once.
    pub reasons: Vec<String>,
    pub reason_details: Vec<ReasonDetail>,
    /// With narrow only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Values>,
    /// Values that the request can be lowered to so that it may be narrowed, by path in its JSON; with deny only. The
    /// answer is about the request as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<Values>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<Obligation>,
    /// The request that can be made to an approver before `expires_at`, so that the same request may be permitted later;
    /// with challenge only, like the next three members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_request: Option<Values>,
    /// Id of the rule that offers the access request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The instant of evaluation, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluated_at: Option<String>,
    /// The name of the access request in the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_request_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    /// The paths and tables that the answer depends on, in ASCII order.
    pub read: Vec<String>,
    /// The answer read decisions of the session: it is valid for one action only.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub single_use: bool,
    /// The digest of the call, which an approval must contain; with challenge only, if the answer depends on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_digest: Option<String>,
    /// The error in the request, or of the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<AnswerError>,
}

impl Details {
    /// A deny of the host itself: JSON cannot represent the request, or the engine failed.
    pub(crate) fn denied(error: AnswerError) -> Self {
        let is_failure = error.code == error_codes::ENGINE_ERROR;
        let id = if is_failure { error_codes::ENGINE_ERROR } else { "invalid_request" };
        let detail = ReasonDetail { id: id.to_owned(), fired_on: "true".to_owned(), ..ReasonDetail::default() };
        let read = ["action", "context", "resource", "subject"].map(str::to_owned).into();
        let (reasons, reason_details) = (vec![id.to_owned()], vec![detail]);
        Self { reasons, reason_details, read, error: Some(error), ..Self::default() }
    }

    pub(crate) fn parse(response: &str) -> Result<Self, Stop> {
        let response = serde_json::from_str::<Response>(response);
        let mut details = response.map_err(|_| Stop::violation(VIOLATION_INVALID_RESPONSE))?.context;
        if details.effect == Effect::Narrow {
            // A policy without constraints may have narrows.
            details.constraints.get_or_insert_default();
        }
        Ok(details)
    }

    /// The AuthZEN response.
    pub(crate) fn to_json(&self, valid_until: Option<String>) -> String {
        let context = Self { valid_until, ..self.clone() };
        let response = Response { decision: self.effect.is_granted(), context };
        // Names are strings and values are JSON, so that this cannot fail.
        serde_json::to_string(&response).unwrap_or_default()
    }
}

/// A rule that fired.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReasonDetail {
    pub id: String,
    pub effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `true`, or `unknown` if the condition was unknown.
    pub fired_on: String,
    /// The paths and tables that were unknown, in ASCII order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// `None`: the reason is not a rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// The location of a rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Source {
    pub file: String,
    pub line: u64,
    pub column: u64,
}

/// An action that the enforcement point must take. If it cannot carry out all obligations of a permit or a narrow, it
/// must deny; those of other answers accompany the refusal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Obligation {
    /// `obl-1`, `obl-2` and so on.
    pub id: String,
    /// The type in AuthZEN: `step-up`, `notification`, `session_termination` or `custom`.
    #[serde(rename = "type")]
    pub kind: String,
    pub properties: Values,
    /// The name in the policy.
    pub name: String,
    /// Ids of the rules that require it, in ASCII order.
    pub reasons: Vec<String>,
}
