//! The writer as a `serde` serializer. The JSON of each kind of value is that of `serde_json`.

use super::{Refused, Step, Writer};
use serde::ser::{self, Serialize, Serializer};

/// The names of structs whose only member is JSON already: numbers and values of `serde_json`.
const RAW: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];

macro_rules! scalars {
    ($($name:ident: $type:ty),+) => {
        $(fn $name(self, value: $type) -> Result<(), Refused> {
            self.write(&value)
        })+
    };
}

/// Methods whose body is an expression.
macro_rules! methods {
    ($self:ident; $($name:ident($($argument:tt: $type:ty),*) -> $result:ty = $body:expr;)+) => {
        $(fn $name($self, $($argument: $type),*) -> Result<$result, Refused> {
            $body
        })+
    };
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Container<'a>;
    type SerializeTuple = Container<'a>;
    type SerializeTupleStruct = Container<'a>;
    type SerializeTupleVariant = Container<'a>;
    type SerializeMap = Container<'a>;
    type SerializeStruct = Container<'a>;
    type SerializeStructVariant = Container<'a>;

    scalars! {
        serialize_bool: bool, serialize_char: char, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_u128: u128
    }

    methods! { self;
        serialize_f32(value: f32) -> () = self.write_float(value, value.into());
        serialize_f64(value: f64) -> () = self.write_float(value, value);
        serialize_str(value: &str) -> () = self.write(value);
        serialize_bytes(value: &[u8]) -> () = self.collect_seq(value);
        serialize_none() -> () = self.write(&());
        serialize_unit() -> () = self.write(&());
        serialize_unit_struct(_: &'static str) -> () = self.write(&());
        serialize_unit_variant(_: &'static str, _: u32, variant: &'static str) -> () = self.write(variant);
        serialize_seq(_: Option<usize>) -> Container<'a> = self.open("[", "]");
        serialize_tuple(_: usize) -> Container<'a> = self.open("[", "]");
        serialize_tuple_struct(_: &'static str, _: usize) -> Container<'a> = self.open("[", "]");
        serialize_map(_: Option<usize>) -> Container<'a> = self.open("{", "}");
        serialize_struct(name: &'static str, _: usize) -> Container<'a> =
            if RAW.contains(&name) { self.open("", "") } else { self.open("{", "}") };
        serialize_tuple_variant(_: &'static str, _: u32, variant: &'static str, _: usize) -> Container<'a> =
            self.open_variant(variant)?.writer.open("[", "]}");
        serialize_struct_variant(_: &'static str, _: u32, variant: &'static str, _: usize) -> Container<'a> =
            self.open_variant(variant)?.writer.open("{", "}}");
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        let mut object = self.open_variant(variant)?;
        object.value(value)?;
        object.close()
    }
}

/// An array or object that is being written.
pub(crate) struct Container<'a> {
    writer: &'a mut Writer,
    count: usize,
    /// Two brackets: it is the member of a variant. Empty: its only member is JSON already.
    end: &'static str,
}

impl Writer {
    fn open(&mut self, start: &str, end: &'static str) -> Result<Container<'_>, Refused> {
        self.expect_level()?;
        self.out.extend_from_slice(start.as_bytes());
        Ok(Container { writer: self, count: 0, end })
    }

    fn open_variant(&mut self, variant: &str) -> Result<Container<'_>, Refused> {
        let mut object = self.open("{", "}")?;
        object.key(variant)?;
        Ok(object)
    }
}

impl Container<'_> {
    fn separate(&mut self) -> Result<(), Refused> {
        if self.count > 0 {
            self.writer.out.push(b',');
        }
        self.count += 1;
        self.writer.expect_room()
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.separate()?;
        self.writer.steps.push(Step::Element(self.count - 1));
        self.value(value)
    }

    /// A string, a number or a boolean; the last two are written as strings.
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.separate()?;
        let start = self.writer.out.len();
        key.serialize(&mut *self.writer)?;
        let out = &mut self.writer.out;
        match out.get(start) {
            Some(b'"') => {}
            Some(b'0'..=b'9' | b'-' | b't' | b'f') => {
                out.insert(start, b'"');
                out.push(b'"');
            }
            _ => return Err(self.writer.wrong("a map whose keys are strings", "another key")),
        }
        self.writer.steps.push(Step::Member(start, self.writer.out.len()));
        self.writer.out.push(b':');
        Ok(())
    }

    fn named<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Refused> {
        if self.end.is_empty() {
            let text = serde_json::to_value(value).map_err(<Refused as ser::Error>::custom)?;
            self.writer.out.extend_from_slice(text.as_str().unwrap_or("null").as_bytes());
            return Ok(());
        }
        self.key(name)?;
        self.value(value)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        value.serialize(&mut *self.writer)?;
        self.writer.steps.pop();
        Ok(())
    }

    fn close(self) -> Result<(), Refused> {
        self.writer.out.extend_from_slice(self.end.as_bytes());
        if self.end.len() > 1 {
            self.writer.steps.pop();
        }
        Ok(())
    }
}

/// The methods of each kind of container.
macro_rules! containers {
    ($($kind:ident: $($method:ident($($name:ident: $type:ty)?) as $own:ident),+;)+) => {
        $(
            impl ser::$kind for Container<'_> {
                type Ok = ();
                type Error = Refused;

                $(fn $method<T: Serialize + ?Sized>(&mut self, $($name: $type,)? value: &T) -> Result<(), Refused> {
                    self.$own($($name,)? value)
                })+

                fn end(self) -> Result<(), Refused> {
                    self.close()
                }
            }
        )+
    };
}

containers! {
    SerializeSeq: serialize_element() as element;
    SerializeTuple: serialize_element() as element;
    SerializeTupleStruct: serialize_field() as element;
    SerializeTupleVariant: serialize_field() as element;
    SerializeStruct: serialize_field(name: &'static str) as named;
    SerializeStructVariant: serialize_field(name: &'static str) as named;
    SerializeMap: serialize_key() as key, serialize_value() as value;
}
