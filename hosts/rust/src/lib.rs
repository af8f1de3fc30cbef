//! Decides by compiled nhipol policies: runtime authorization of non-human identities.
//!
//! A policy compiles to one small WebAssembly module. [`Policy`] loads such a module and decides AuthZEN evaluation
//! requests by it, in JSON or of your own types, from any thread. It never fails in place of an answer: whatever goes wrong
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
//! println!("{}", answer.to_authzen());
//! # Ok(())
//! # }
//! ```
//!
//! Instants are in milliseconds since the epoch.

#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod answer;
mod authzen;
#[rustfmt::skip]
mod contract;
mod digest;
mod engine;
mod failure;
mod instance;
mod json;
mod load_error;
mod manifest;
mod memory;
mod options;
mod policy;
mod pool;
mod reader;
mod sections;
mod sessions;
mod show;
mod tables;
mod value;

pub use answer::{AccessRequest, Answer, AnswerError, Effect, Obligation, ReasonDetail, Source};
pub use digest::call_digest;
pub use engine::Engine;
pub use json::to_json;
pub use load_error::LoadError;
pub use manifest::PolicyName;
pub use options::{Clock, DecideOptions, LoadOptions};
pub use policy::Policy;
pub use sessions::{RestoredSession, SessionChange, SessionError, Sessions, SessionsOptions};
pub use tables::TableError;
pub use value::{Number, Value};
