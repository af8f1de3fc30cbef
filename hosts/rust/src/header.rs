//! The header of a response, and its text: read from the memory of a module, and checked as the ABI says. A header or
//! a text that the ABI does not allow is a failure.

use crate::answer::Effect;
use crate::contract;
use crate::error::Stop;
use crate::time::FIRST_INEXACT;

#[derive(Clone, Copy)]
pub(crate) struct Header {
    address: u32,
    pub(crate) effect: Effect,
    pub(crate) flags: u8,
    /// 0: the text was not written.
    pub(crate) length: u32,
    /// Milliseconds since the epoch. `None`: time alone changes nothing.
    pub(crate) valid_until: Option<i64>,
    /// 0: there is none.
    pub(crate) key: u64,
}

impl Header {
    #[inline]
    pub(crate) fn read(memory: &[u8], address: u32) -> Result<Self, Stop> {
        if address == 0 {
            return Err(Stop::violation(contract::VIOLATION_NO_RESPONSE));
        }
        let header = slice(memory, address, contract::HEADER_SIZE)?;
        let [effect] = field(header, contract::HEADER_EFFECT)?;
        let effect = Effect::from_number(effect)?;
        let [flags] = field(header, contract::HEADER_FLAGS)?;
        if effect.is_granted() && u32::from(flags) & contract::FLAG_INVALID != 0 {
            return Err(Stop::violation(contract::VIOLATION_GRANTED_INVALID));
        }
        Ok(Self {
            address,
            effect,
            flags,
            length: u32::from_le_bytes(field(header, contract::HEADER_LENGTH)?),
            valid_until: instant(f64::from_le_bytes(field(header, contract::HEADER_VALID_UNTIL)?))?,
            key: u64::from_le_bytes(field(header, contract::HEADER_KEY)?),
        })
    }

    /// The response.
    #[inline]
    pub(crate) fn text(self, memory: &[u8]) -> Result<&str, Stop> {
        if self.length == 0 {
            return Err(Stop::violation(contract::VIOLATION_NO_RESPONSE));
        }
        let text = slice(memory, self.address.saturating_add(contract::HEADER_SIZE), self.length)?;
        let text = utf8(text)?;
        if !contract::RESPONSE_STARTS.get(self.effect as usize).is_some_and(|start| text.starts_with(start)) {
            return Err(Stop::violation(contract::VIOLATION_OTHER_EFFECT));
        }
        Ok(text)
    }
}

/// Bytes within the memory.
#[inline]
pub(crate) fn slice(memory: &[u8], address: u32, length: u32) -> Result<&[u8], Stop> {
    let from = memory.get(address as usize..).and_then(|from| from.get(..length as usize));
    from.ok_or_else(outside)
}

pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, Stop> {
    std::str::from_utf8(bytes).map_err(|_| Stop::violation(contract::VIOLATION_INVALID_UTF_8))
}

/// Writes bytes to the memory, which must have room for them.
#[inline]
pub(crate) fn write(memory: &mut [u8], address: u32, bytes: &[u8]) -> Result<(), Stop> {
    let to = memory.get_mut(address as usize..).and_then(|from| from.get_mut(..bytes.len()));
    to.ok_or_else(outside)?.copy_from_slice(bytes);
    Ok(())
}

/// Bytes of a number.
#[inline]
pub(crate) fn field<const SIZE: usize>(record: &[u8], offset: u32) -> Result<[u8; SIZE], Stop> {
    record.get(offset as usize..).and_then(|from| from.first_chunk()).copied().ok_or_else(outside)
}

#[allow(clippy::cast_possible_truncation)]
fn instant(until: f64) -> Result<Option<i64>, Stop> {
    if until == f64::INFINITY {
        return Ok(None);
    }
    if until.fract() != 0.0 || until.abs() >= FIRST_INEXACT {
        return Err(Stop::violation(contract::VIOLATION_INVALID_INSTANT));
    }
    Ok(Some(until as i64))
}

#[cold]
fn outside() -> Stop {
    Stop::violation(contract::VIOLATION_OUTSIDE_MEMORY)
}
