//! Decides by compiled nhipol policies: runtime authorization of non-human identities.
//!
//! A policy compiles to one small WebAssembly module. [`Policy`] loads such a module and decides AuthZEN evaluation
//! requests, in JSON or of your own types, from any thread. It never fails instead of returning an answer: every failure
//! is a deny with the reason `engine_error`.
//!
//! ```
//! use nhipol::{Effect, Policy};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tool.wasm");
//! let policy = Policy::load(&std::fs::read(path)?)?;
//! let request = br#"{
//!     "subject": {"type": "agent", "id": "a-1", "properties": {"scopes": ["search"]}},
//!     "action": {"name": "tool.invoke"},
//!     "resource": {"type": "tool", "id": "search"},
//!     "context": {"risk": 12}
//! }"#;
//! let answer = policy.decide_json(request);
//! assert_eq!(answer.effect(), Effect::Permit);
//! // The AuthZEN response, without an answer in between:
//! println!("{}", String::from_utf8(policy.decide_response(request))?);
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod answer;
#[macro_use]
#[rustfmt::skip]
mod contract;
mod engine;
mod error;
mod header;
mod instance;
mod json;
mod manifest;
mod options;
mod policy;
mod pool;
mod possibility;
mod response;
mod sessions;
mod tables;
mod time;
mod value;

pub use answer::{Answer, Effect};
pub use contract::error_codes;
pub use engine::Engine;
pub use error::{AnswerError, LoadError, SessionError, TableError};
pub use json::to_json;
pub use manifest::PolicyName;
pub use options::{Clock, DecideOptions, LoadOptions};
pub use policy::Policy;
pub use possibility::Possibility;
pub use response::{Details, Obligation, ReasonDetail, Source, Values};
pub use sessions::{RestoredSession, SessionChange, Sessions};
pub use value::Value;
