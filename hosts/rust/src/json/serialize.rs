//! The encoder as `serde` asks for it: what each kind of value is in JSON, as `serde_json` has it.

use super::encode::{Encoded, Encoder, Inside};
use super::text::push_string;
use serde::ser::{self, Serialize};

/// The names by which `serde_json` hands over digits and texts that are JSON already.
const RAW: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];

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
            return Ok(self.open_raw());
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
