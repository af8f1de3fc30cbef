//! Values of the caller's own types as JSON, by `serde`. A value that JSON cannot represent exactly (NaN, infinities,
//! integers that a float may have rounded) is an error with its path, and never another value.

mod exact;
mod path;

use crate::contract::{self, error_codes};
use crate::error::AnswerError;
use exact::Exact;
use serde::Serialize;
use std::io::{self, ErrorKind, Write};

const MAX_BYTES: usize = contract::MAX_INPUT_BYTES as usize;
/// The numbers that are refused, as errors describe them.
const NUMBERS: [&str; 4] = ["NaN", "Infinity", "-Infinity", contract::TEXT_LARGE_INTEGER];

/// Returns a value as JSON, for requests, facts, payloads and tables.
///
/// # Errors
///
/// If JSON cannot represent a part of the value exactly, or the value is too deep or too large.
pub fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, AnswerError> {
    let mut out = Bounded(Vec::with_capacity(512));
    let written = value.serialize(Exact { inner: &mut serde_json::Serializer::new(&mut out), level: 0 });
    match written {
        Ok(()) => Ok(out.0),
        Err(why) => Err(refusal(&why, &String::from_utf8_lossy(&out.0))),
    }
}

/// `written`: the part of the document before the value that is refused.
fn refusal(why: &serde_json::Error, written: &str) -> AnswerError {
    let found = &*why.to_string();
    if why.is_io() {
        let expected = contract::TEXT_BYTES.replace("{}", &MAX_BYTES.to_string());
        return AnswerError::new(error_codes::TOO_LARGE, &expected, contract::TEXT_LONGER_DOCUMENT);
    }
    if found == contract::TEXT_DEEPER_OR_CYCLIC {
        return AnswerError::new(error_codes::TOO_DEEP, contract::TEXT_LEVELS, found);
    }
    let is_number = NUMBERS.contains(&found);
    let expected = if is_number { contract::TEXT_NUMBER } else { "a value that can be serialized" };
    AnswerError { path: path::at_end(written), ..AnswerError::new(error_codes::WRONG_TYPE, expected, found) }
}

/// A document that does not grow beyond the maximum.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.0.len() + bytes.len() > MAX_BYTES {
            return Err(ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
