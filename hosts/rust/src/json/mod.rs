//! JSON: of the caller's values, of answers, and in the one canonical form that digests are taken of.

mod canonical;
mod encode;
mod path;
mod serialize;
mod text;

pub use encode::to_json;

pub(crate) use canonical::{Form, Selection, canonical_members, merged, selected_members};
pub(crate) use encode::{Encoded, encode};
pub(crate) use path::{Step, json_path};
pub(crate) use text::push_string;
