//! Values of the caller's own types to JSON, by `serde`. What JSON cannot carry (NaN, infinities, whole numbers that a
//! float may have rounded) gives an error with its path, and never another value.

use super::path::{Step, json_path};
use super::text::push_string;
use crate::answer::AnswerError;
use serde::ser::{self, Serialize};
use std::fmt::{self, Display};

/// Text longer than this is more than any module takes; what a caller serialises may have no end.
const MOST_BYTES: usize = 1_048_576;
const MOST_LEVELS: usize = 64;
/// From here on a float may stand for a whole number that was rounded.
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;
/// The names by which `serde_json` hands over digits and texts that are JSON already.
const RAW: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];

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

/// Why there is no JSON.
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

struct Encoder<'a> {
    out: &'a mut Vec<u8>,
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

    fn digits(&mut self, number: impl itoa::Integer) -> Result<(), Encoded> {
        self.out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        Ok(())
    }

    fn float<F: ryu_js::Float>(&mut self, number: F, value: f64) -> Result<(), Encoded> {
        let expected = "a number that JSON can carry";
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
            return self.wrong(expected, "an integer beyond 2^53");
        }
        self.out.extend_from_slice(ryu_js::Buffer::new().format_finite(number).as_bytes());
        Ok(())
    }

    fn open<'e>(&'e mut self, open: u8, close: u8) -> Result<Inside<'e, Self>, Encoded> {
        if self.steps.len() >= MOST_LEVELS {
            let expected = format!("at most {MOST_LEVELS} levels");
            return Err(Encoded::whole("too_deep", expected, "a deeper nesting"));
        }
        self.out.push(open);
        Ok(Inside { encoder: self, count: 0, close, is_raw: false, is_within: false })
    }

    /// `{"variant":`, and then an object or array.
    fn open_variant<'e>(&'e mut self, variant: &str, open: u8, close: u8) -> Result<Inside<'e, Self>, Encoded> {
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
struct Inside<'e, E> {
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
            let expected = format!("at most {MOST_BYTES} bytes");
            return Err(Encoded::whole("too_large", expected, "a longer text"));
        }
        if self.count > 0 {
            self.encoder.out.push(b',');
        }
        self.count += 1;
        Ok(())
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Encoded> {
        self.separate()?;
        self.step(Place::Element(self.count - 1), value)
    }

    /// A name that is a string, or whose JSON is digits, or true or false.
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Encoded> {
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
                let error = AnswerError::new("wrong_type", "a map with strings as keys", "another key");
                return Err(Encoded(Box::new(AnswerError { path: self.encoder.path(Step::Index), ..error })));
            }
        }
        let end = self.encoder.out.len();
        self.encoder.out.push(b':');
        self.encoder.steps.push(Place::Member { start, end });
        Ok(())
    }

    fn named<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Encoded> {
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
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Encoded> {
        value.serialize(&mut *self.encoder)?;
        self.encoder.steps.pop();
        Ok(())
    }

    fn step<T: Serialize + ?Sized>(&mut self, place: Place, value: &T) -> Result<(), Encoded> {
        self.encoder.steps.push(place);
        self.value(value)
    }

    fn close(self) -> Result<(), Encoded> {
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

impl<'e, 'a> ser::Serializer for &'e mut Encoder<'a> {
    type Ok = ();
    type Error = Encoded;
    type SerializeSeq = Inside<'e, Encoder<'a>>;
    type SerializeTuple = Inside<'e, Encoder<'a>>;
    type SerializeTupleStruct = Inside<'e, Encoder<'a>>;
    type SerializeTupleVariant = Inside<'e, Encoder<'a>>;
    type SerializeMap = Inside<'e, Encoder<'a>>;
    type SerializeStruct = Inside<'e, Encoder<'a>>;
    type SerializeStructVariant = Inside<'e, Encoder<'a>>;

    fn serialize_bool(self, value: bool) -> Result<(), Encoded> {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_i16(self, value: i16) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_i32(self, value: i32) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_i64(self, value: i64) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_i128(self, value: i128) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_u16(self, value: u16) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_u32(self, value: u32) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_u64(self, value: u64) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_u128(self, value: u128) -> Result<(), Encoded> {
        self.digits(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Encoded> {
        self.float(value, value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Encoded> {
        self.float(value, value)
    }

    fn serialize_char(self, value: char) -> Result<(), Encoded> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Encoded> {
        push_string(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Encoded> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Encoded> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Encoded> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Encoded> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Encoded> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Encoded> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Encoded> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Encoded> {
        let mut inside = self.open(b'{', b'}')?;
        inside.named(variant, value)?;
        inside.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Encoded> {
        self.open(b'[', b']')
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Encoded> {
        self.open(b'[', b']')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Encoded> {
        self.open(b'[', b']')
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Encoded> {
        self.open_variant(variant, b'[', b']')
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Encoded> {
        self.open(b'{', b'}')
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeStruct, Encoded> {
        if RAW.contains(&name) {
            return Ok(Inside { encoder: self, count: 0, close: b'}', is_raw: true, is_within: false });
        }
        self.open(b'{', b'}')
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Encoded> {
        self.open_variant(variant, b'{', b'}')
    }
}

/// The same way of going on, and of coming to an end, by each of the names that `serde` has for it.
macro_rules! compounds {
    ($($compound:ident: $($method:ident($($given:ident: $type:ty),*) as $own:ident),+;)+) => {
        $(
            impl<'a> ser::$compound for Inside<'_, Encoder<'a>> {
                type Ok = ();
                type Error = Encoded;

                $(fn $method<T: Serialize + ?Sized>(&mut self, $($given: $type,)* value: &T) -> Result<(), Encoded> {
                    self.$own($($given,)* value)
                })+

                fn end(self) -> Result<(), Encoded> {
                    self.close()
                }
            }
        )+
    };
}

compounds! {
    SerializeSeq: serialize_element() as element;
    SerializeTuple: serialize_element() as element;
    SerializeTupleStruct: serialize_field() as element;
    SerializeTupleVariant: serialize_field() as element;
    SerializeStruct: serialize_field(name: &'static str) as named;
    SerializeStructVariant: serialize_field(name: &'static str) as named;
    SerializeMap: serialize_key() as key, serialize_value() as value;
}
