//! The module's cells as values: in a message, and in JSON. A cell that holds what its type does not allow is a
//! failure of the module.

use crate::contract;
use crate::failure::Failure;
use crate::manifest::{Text, Type};
use crate::memory::{Memory, entry};
use crate::show;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub(crate) use crate::contract::CELL_SIZE as CELL;
use crate::contract::{CELL_KNOWN as KNOWN, CELL_LENGTH as LENGTH, CELL_PRESENT as PRESENT};

/// Of a constraint or an obligation.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Bool(bool),
    Number(Number),
    Text(Arc<str>),
    List(Vec<Value>),
}

/// An exact number: an Int, a Decimal, or the seconds of a Duration.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    units: i64,
    decimals: u8,
}

impl Number {
    /// The number, where it is a whole one.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        let unit = 10_i64.pow(self.decimals.into());
        (self.units % unit == 0).then(|| self.units / unit)
    }

    /// The number, or the nearest that there is.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        let millionths = |number: &Self| i128::from(number.units) * 10_i128.pow((6 - number.decimals).into());
        millionths(self) == millionths(other)
    }
}

impl Eq for Number {}

/// Its digits, in the shortest form.
impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&show::decimal(self.units, self.decimals.into()))
    }
}

pub(crate) fn is_present(memory: Memory<'_>, cell: u32) -> Result<bool, Failure> {
    memory.u8(cell.saturating_add(PRESENT)).map(|mark| mark != 0)
}

pub(crate) fn is_known(memory: Memory<'_>, cell: u32) -> Result<bool, Failure> {
    memory.u8(cell.saturating_add(KNOWN)).map(|mark| mark != 0)
}

/// The bytes of a text that a cell points to.
pub(crate) fn text_at(memory: Memory<'_>, cell: u32) -> Result<&str, Failure> {
    let (pointer, length) = extent(memory, cell)?;
    memory.text(pointer, length)
}

/// As a message prints it.
pub(crate) fn show_cell(memory: Memory<'_>, cell: u32, kind: &Type) -> Result<String, Failure> {
    if is_known(memory, cell)? { Held::read(memory, cell, kind)?.show(kind) } else { Ok("(unknown)".to_owned()) }
}

/// Durations in seconds, instants in RFC 3339, enums by name, sets in order of code points.
pub(crate) fn cell_value(memory: Memory<'_>, cell: u32, kind: &Type) -> Result<Value, Failure> {
    let Type::Set(element) = kind else {
        return Held::read(memory, cell, kind)?.value(kind);
    };
    if !is_known(memory, cell)? {
        return Err(Failure::misread(contract::VIOLATION_UNKNOWN_VALUE));
    }
    let (start, count) = extent(memory, cell)?;
    memory.bytes(start, count.saturating_mul(CELL as usize))?;
    let read = |index| Held::read(memory, entry(start, index, CELL)?, element);
    let mut elements = (0..count).map(read).collect::<Result<Vec<_>, _>>()?;
    elements.sort();
    elements.iter().map(|held| held.value(element)).collect::<Result<_, _>>().map(Value::List)
}

fn extent(memory: Memory<'_>, cell: u32) -> Result<(u32, usize), Failure> {
    Ok((memory.u32(cell)?, memory.u32(cell.saturating_add(LENGTH))? as usize))
}

/// What a cell holds: text, or a number of 64 bits. UTF-8 is in the order of code points.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Held<'a> {
    Text(Cow<'a, str>),
    Number(i64),
}

impl<'a> Held<'a> {
    fn read(memory: Memory<'a>, cell: u32, kind: &Type) -> Result<Self, Failure> {
        if !is_known(memory, cell)? {
            return Err(Failure::misread(contract::VIOLATION_UNKNOWN_VALUE));
        }
        let bytes = || extent(memory, cell).and_then(|(pointer, length)| memory.bytes(pointer, length));
        Ok(match kind {
            Type::Set(_) => return Err(Failure::misread(contract::VIOLATION_NESTED_SET)),
            Type::Text => Self::Text(text_at(memory, cell)?.into()),
            Type::Ip => Self::Text(show::ip(bytes()?)?.into()),
            Type::Cidr => Self::Text(show::cidr(bytes()?)?.into()),
            _ => Self::Number(memory.i64(cell)?),
        })
    }

    fn value(&self, kind: &Type) -> Result<Value, Failure> {
        let number = |units, decimals| Value::Number(Number { units, decimals });
        Ok(match (self, kind) {
            (Self::Number(0), Type::Bool) => Value::Bool(false),
            (Self::Number(1), Type::Bool) => Value::Bool(true),
            (Self::Number(units), Type::Int) => number(*units, 0),
            (Self::Number(units), Type::Decimal) => number(*units, 6),
            (Self::Number(units), Type::Duration) => number(*units, 3),
            _ => Value::Text(self.show(kind)?.into()),
        })
    }

    fn show(&self, kind: &Type) -> Result<String, Failure> {
        let number = match self {
            Self::Text(text) => return Ok(text.clone().into_owned()),
            Self::Number(number) => *number,
        };
        Ok(match kind {
            Type::Timestamp => show::instant(number),
            Type::Duration => show::duration(number),
            Type::Decimal => show::decimal(number, 6),
            Type::Bool => match number {
                0 => "false".to_owned(),
                1 => "true".to_owned(),
                _ => return Err(Failure::misread(contract::VIOLATION_INVALID_BOOL)),
            },
            Type::Enum(members) => member(members, number)?.to_string(),
            _ => number.to_string(),
        })
    }
}

fn member(members: &[Text], place: i64) -> Result<&Text, Failure> {
    let member = usize::try_from(place).ok().and_then(|place| members.get(place));
    member.ok_or_else(|| Failure::misread(contract::VIOLATION_UNKNOWN_MEMBER))
}
