//! A serializer, its containers and the values in them: each passes everything on to `serde_json`, after a check. Floats
//! must have an exact representation in JSON, and the nesting is limited, so that a cycle ends. The message of an error
//! describes what was found.

use super::NUMBERS;
use crate::contract::{MAX_INPUT_LEVELS, TEXT_DEEPER_OR_CYCLIC};
use crate::time::FIRST_INEXACT;
use serde::ser::{self, Error, Serialize, Serializer};

pub(super) struct Exact<T> {
    pub(super) inner: T,
    /// The number of containers around it.
    pub(super) level: u32,
}

impl<S: Serializer> Exact<S> {
    /// The level inside of containers that are opened here.
    fn enter(&self, containers: u32) -> Result<u32, S::Error> {
        let level = self.level + containers;
        if level > MAX_INPUT_LEVELS { Err(S::Error::custom(TEXT_DEEPER_OR_CYCLIC)) } else { Ok(level) }
    }
}

fn expect_exact<E: Error>(value: f64) -> Result<(), E> {
    let [nan, infinity, negative_infinity, large] = NUMBERS;
    let found = match value {
        _ if value.is_nan() => nan,
        f64::INFINITY => infinity,
        f64::NEG_INFINITY => negative_infinity,
        _ if value.abs() >= FIRST_INEXACT && value.fract() == 0.0 => large,
        _ => return Ok(()),
    };
    Err(E::custom(found))
}

macro_rules! scalars {
    ($($method:ident($($argument:ident: $type:ty),*);)+) => {
        $(fn $method(self, $($argument: $type),*) -> Result<S::Ok, S::Error> {
            self.inner.$method($($argument),*)
        })+
    };
}

macro_rules! openers {
    ($($levels:literal $kind:ident $method:ident($($argument:ident: $type:ty),*);)+) => {
        $(fn $method(self, $($argument: $type),*) -> Result<Self::$kind, S::Error> {
            let level = self.enter($levels)?;
            Ok(Exact { inner: self.inner.$method($($argument),*)?, level })
        })+
    };
}

impl<S: Serializer> Serializer for Exact<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Exact<S::SerializeSeq>;
    type SerializeTuple = Exact<S::SerializeTuple>;
    type SerializeTupleStruct = Exact<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Exact<S::SerializeTupleVariant>;
    type SerializeMap = Exact<S::SerializeMap>;
    type SerializeStruct = Exact<S::SerializeStruct>;
    type SerializeStructVariant = Exact<S::SerializeStructVariant>;

    scalars! {
        serialize_bool(value: bool); serialize_char(value: char); serialize_str(value: &str); serialize_bytes(value: &[u8]);
        serialize_i8(value: i8); serialize_i16(value: i16); serialize_i32(value: i32); serialize_i64(value: i64);
        serialize_u8(value: u8); serialize_u16(value: u16); serialize_u32(value: u32); serialize_u64(value: u64);
        serialize_i128(value: i128); serialize_u128(value: u128); serialize_none(); serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    openers! {
        1 SerializeSeq serialize_seq(length: Option<usize>);
        1 SerializeTuple serialize_tuple(length: usize);
        1 SerializeTupleStruct serialize_tuple_struct(name: &'static str, length: usize);
        2 SerializeTupleVariant
            serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize);
        1 SerializeMap serialize_map(length: Option<usize>);
        1 SerializeStruct serialize_struct(name: &'static str, length: usize);
        2 SerializeStructVariant
            serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize);
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        expect_exact(value.into()).and_then(|()| self.inner.serialize_f32(value))
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        expect_exact(value).and_then(|()| self.inner.serialize_f64(value))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let value = Exact { inner: value, level: self.enter(1)? };
        self.inner.serialize_newtype_variant(name, index, variant, &value)
    }
}

impl<T: Serialize + ?Sized> Serialize for Exact<&T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.inner.serialize(Exact { inner: serializer, level: self.level })
    }
}

macro_rules! containers {
    ($($kind:ident: $($method:ident($($name:ident: $type:ty)?)),+;)+) => {
        $(impl<C: ser::$kind> ser::$kind for Exact<C> {
            type Ok = C::Ok;
            type Error = C::Error;

            $(fn $method<T: Serialize + ?Sized>(&mut self, $($name: $type,)? value: &T) -> Result<(), C::Error> {
                self.inner.$method($($name,)? &Exact { inner: value, level: self.level })
            })+

            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        })+
    };
}

containers! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeMap: serialize_key(), serialize_value();
    SerializeStruct: serialize_field(name: &'static str);
    SerializeStructVariant: serialize_field(name: &'static str);
}
