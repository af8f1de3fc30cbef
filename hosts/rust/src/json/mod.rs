//! Values of the caller's own types as JSON, by `serde`. A value that JSON cannot represent exactly (NaN, infinities,
//! integers that a float may have rounded) is an error with its path, and never another value.

mod serializer;

use crate::contract::{self, error_codes};
use crate::error::AnswerError;
use crate::time::FIRST_INEXACT;
use serde::ser::{self, Serialize};

const MAX_BYTES: usize = contract::MAX_INPUT_BYTES as usize;
const MAX_LEVELS: usize = contract::MAX_INPUT_LEVELS as usize;

/// Returns a value as JSON, for requests, facts, payloads and tables.
///
/// # Errors
///
/// If JSON cannot represent a part of the value exactly, or the value is too deep or too large.
pub fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, AnswerError> {
    let mut writer = Writer { out: Vec::with_capacity(512), steps: Vec::new() };
    let written = value.serialize(&mut writer).and_then(|()| writer.expect_room());
    written.map(|()| writer.out).map_err(|error| *error)
}

/// The reason why a value is not written.
type Refused = Box<AnswerError>;

impl ser::Error for Refused {
    fn custom<T: std::fmt::Display>(why: T) -> Self {
        AnswerError::new(error_codes::WRONG_TYPE, "a value that can be serialized", &why.to_string()).into()
    }
}

/// A step on the path to a value.
enum Step {
    /// The name is this part of what is written, in JSON.
    Member(usize, usize),
    Element(usize),
}

pub(crate) struct Writer {
    out: Vec<u8>,
    steps: Vec<Step>,
}

impl Writer {
    fn write<T: Serialize + ?Sized>(&mut self, scalar: &T) -> Result<(), Refused> {
        serde_json::to_writer(&mut self.out, scalar).map_err(ser::Error::custom)
    }

    fn write_float<T: Serialize>(&mut self, float: T, value: f64) -> Result<(), Refused> {
        let found = match value {
            _ if value.is_nan() => "NaN",
            f64::INFINITY => "Infinity",
            f64::NEG_INFINITY => "-Infinity",
            _ if value.abs() >= FIRST_INEXACT && value.fract() == 0.0 => contract::TEXT_LARGE_INTEGER,
            _ => return self.write(&float),
        };
        Err(self.wrong(contract::TEXT_NUMBER, found))
    }

    fn expect_room(&self) -> Result<(), Refused> {
        let expected = || contract::TEXT_BYTES.replace("{}", &MAX_BYTES.to_string());
        let refused = || AnswerError::new(error_codes::TOO_LARGE, &expected(), contract::TEXT_LONGER_DOCUMENT).into();
        (self.out.len() <= MAX_BYTES).then_some(()).ok_or_else(refused)
    }

    fn expect_level(&self) -> Result<(), Refused> {
        let refused =
            || AnswerError::new(error_codes::TOO_DEEP, contract::TEXT_LEVELS, contract::TEXT_DEEPER_OR_CYCLIC).into();
        (self.steps.len() < MAX_LEVELS).then_some(()).ok_or_else(refused)
    }

    fn wrong(&self, expected: &str, found: &str) -> Refused {
        let mut refused = AnswerError::new(error_codes::WRONG_TYPE, expected, found);
        refused.path = self.steps.iter().fold("$".to_owned(), |path, step| path + &self.segment(step));
        refused.into()
    }

    /// Of a JSONPath (RFC 9535), with the short form of names where it is allowed.
    fn segment(&self, step: &Step) -> String {
        let (start, end) = match *step {
            Step::Element(index) => return format!("[{index}]"),
            Step::Member(start, end) => (start, end),
        };
        let quoted = String::from_utf8_lossy(self.out.get(start..end).unwrap_or_default());
        let name = quoted.trim_matches('"');
        let is_letter = |each: char| each.is_ascii_alphabetic() || each == '_';
        let is_short = name.starts_with(is_letter) && name.chars().all(|each| is_letter(each) || each.is_ascii_digit());
        if is_short { format!(".{name}") } else { format!("[{quoted}]") }
    }
}
