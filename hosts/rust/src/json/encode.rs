//! Values of the caller's own types to JSON, by `serde`. What JSON cannot carry (NaN, infinities, whole numbers that a
//! float may have rounded) gives an error with its path, and never another value.

use super::path::{Step, json_path};
use super::text::push_string;
use crate::answer::AnswerError;
use crate::contract;
use serde::ser::{self, Serialize};
use std::fmt::{self, Display};

/// Text longer than this is more than any module takes; what a caller serialises may have no end.
const MOST_BYTES: usize = contract::MAX_INPUT_BYTES as usize;
const MOST_LEVELS: usize = contract::MAX_INPUT_LEVELS as usize;
/// From here on a float may stand for a whole number that was rounded.
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// JSON of a value, to be asked about or told to sessions.
///
/// # Errors
///
/// If the value, or a part of it, is nothing that JSON can carry exactly.
pub fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, AnswerError> {
    let mut out = Vec::new();
    encode(&mut out, value, |_| true).map(|()| out).map_err(|Encoded(error)| *error)
}

/// Writes to a buffer. `is_read`: whether it matters what stands at a path, which has `[]` for places in arrays; what is
/// no JSON there is written as null.
pub(crate) fn encode<T: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    value: &T,
    is_read: impl Fn(&str) -> bool,
) -> Result<(), Encoded> {
    let mut encoder = Encoder { out, steps: Vec::new(), is_read: &is_read };
    value.serialize(&mut encoder)
}

/// Why there is not valid JSON.
#[derive(Debug)]
pub(crate) struct Encoded(pub(crate) Box<AnswerError>);

impl Display for Encoded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl std::error::Error for Encoded {}

impl ser::Error for Encoded {
    fn custom<T: Display>(why: T) -> Self {
        Self::whole("wrong_type", "a value that can be serialised".to_owned(), &why.to_string())
    }
}

impl Encoded {
    fn whole(code: &'static str, expected: String, found: &str) -> Self {
        Self(Box::new(AnswerError::new(code, expected, found)))
    }
}

/// Where a value stands: in a member, whose name in JSON is that part of the text, or in an array.
enum Place {
    Member { start: usize, end: usize },
    Element(usize),
}

pub(super) struct Encoder<'a> {
    pub(super) out: &'a mut Vec<u8>,
    steps: Vec<Place>,
    is_read: &'a dyn Fn(&str) -> bool,
}

impl Encoder<'_> {
    fn wrong(&mut self, expected: &str, found: &str) -> Result<(), Encoded> {
        if (self.is_read)(&self.path(|_| Step::Element)) {
            let path = self.path(Step::Index);
            let error = AnswerError { path, ..AnswerError::new("wrong_type", expected, found) };
            return Err(Encoded(Box::new(error)));
        }
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn path(&self, element: fn(usize) -> Step<'static>) -> String {
        let names = self.steps.iter().map(|place| match place {
            Place::Element(_) => None,
            Place::Member { start, end } => {
                let name = self.out.get(*start..*end).unwrap_or_default();
                Some(serde_json::from_slice::<String>(name).unwrap_or_default())
            }
        });
        let names = names.collect::<Vec<_>>();
        json_path(self.steps.iter().zip(&names).map(|(place, name)| match (place, name) {
            (Place::Element(index), _) => element(*index),
            (Place::Member { .. }, name) => Step::Name(name.as_deref().unwrap_or_default()),
        }))
    }

    pub(super) fn digits(&mut self, number: impl itoa::Integer) -> Result<(), Encoded> {
        self.out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        Ok(())
    }

    pub(super) fn float<F: ryu_js::Float>(&mut self, number: F, value: f64) -> Result<(), Encoded> {
        let expected = contract::TEXT_NUMBER;
        if !value.is_finite() {
            let found = if value.is_nan() {
                "NaN"
            } else if value > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            };
            return self.wrong(expected, found);
        }
        if value.abs() >= FIRST_INEXACT && value.fract() == 0.0 {
            return self.wrong(expected, contract::TEXT_LARGE_INTEGER);
        }
        self.out.extend_from_slice(ryu_js::Buffer::new().format_finite(number).as_bytes());
        Ok(())
    }

    /// Of digits or a text that is JSON already, its only member.
    pub(super) fn open_raw<'e>(&'e mut self) -> Inside<'e, Self> {
        Inside { encoder: self, count: 0, close: b'}', is_raw: true, is_within: false }
    }

    pub(super) fn open<'e>(&'e mut self, open: u8, close: u8) -> Result<Inside<'e, Self>, Encoded> {
        if self.steps.len() >= MOST_LEVELS {
            let expected = contract::TEXT_LEVELS.to_owned();
            return Err(Encoded::whole("too_deep", expected, "deeper nesting"));
        }
        self.out.push(open);
        Ok(Inside { encoder: self, count: 0, close, is_raw: false, is_within: false })
    }

    /// `{"variant":`, and then an object or array.
    pub(super) fn open_variant<'e>(
        &'e mut self,
        variant: &str,
        open: u8,
        close: u8,
    ) -> Result<Inside<'e, Self>, Encoded> {
        self.out.push(b'{');
        let start = self.out.len();
        push_string(self.out, variant);
        let end = self.out.len();
        self.out.push(b':');
        self.steps.push(Place::Member { start, end });
        let mut inside = self.open(open, close)?;
        inside.is_within = true;
        Ok(inside)
    }
}

/// Of an array or an object that is open.
pub(super) struct Inside<'e, E> {
    encoder: &'e mut E,
    count: usize,
    close: u8,
    /// Its only member is JSON.
    is_raw: bool,
    /// It is that of a variant.
    is_within: bool,
}

impl<'a> Inside<'_, Encoder<'a>> {
    fn separate(&mut self) -> Result<(), Encoded> {
        if self.encoder.out.len() > MOST_BYTES {
            let expected = contract::TEXT_BYTES.replace("{}", &MOST_BYTES.to_string());
            return Err(Encoded::whole("too_large", expected, contract::TEXT_LONGER_DOCUMENT));
        }
        if self.count > 0 {
            self.encoder.out.push(b',');
        }
        self.count += 1;
        Ok(())
    }

    pub(super) fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Encoded> {
        self.separate()?;
        self.step(Place::Element(self.count - 1), value)
    }

    /// A name that is a string, or whose JSON is digits, or true or false.
    pub(super) fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Encoded> {
        self.separate()?;
        let start = self.encoder.out.len();
        key.serialize(&mut *self.encoder)?;
        match self.encoder.out.get(start) {
            Some(b'"') => {}
            Some(b'0'..=b'9' | b'-' | b't' | b'f') => {
                self.encoder.out.insert(start, b'"');
                self.encoder.out.push(b'"');
            }
            _ => {
                let error = AnswerError::new("wrong_type", "a map whose keys are strings", "another key");
                return Err(Encoded(Box::new(AnswerError { path: self.encoder.path(Step::Index), ..error })));
            }
        }
        let end = self.encoder.out.len();
        self.encoder.out.push(b':');
        self.encoder.steps.push(Place::Member { start, end });
        Ok(())
    }

    pub(super) fn named<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Encoded> {
        if self.is_raw {
            let mut quoted = Vec::new();
            encode(&mut quoted, value, |_| true)?;
            let raw = serde_json::from_slice::<String>(&quoted).unwrap_or_default();
            self.encoder.out.extend_from_slice(raw.as_bytes());
            return Ok(());
        }
        self.key(name)?;
        self.value(value)
    }

    /// Behind a name.
    pub(super) fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Encoded> {
        value.serialize(&mut *self.encoder)?;
        self.encoder.steps.pop();
        Ok(())
    }

    fn step<T: Serialize + ?Sized>(&mut self, place: Place, value: &T) -> Result<(), Encoded> {
        self.encoder.steps.push(place);
        self.value(value)
    }

    pub(super) fn close(self) -> Result<(), Encoded> {
        if !self.is_raw {
            self.encoder.out.push(self.close);
        }
        if self.is_within {
            self.encoder.steps.pop();
            self.encoder.out.push(b'}');
        }
        Ok(())
    }
}
