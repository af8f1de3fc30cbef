//! A module's memory, read by address. Every read is checked against its size.

use crate::contract;
use crate::failure::Failure;

/// As it is between two calls of the module.
#[derive(Clone, Copy)]
pub(crate) struct Memory<'a>(pub(crate) &'a [u8]);

impl<'a> Memory<'a> {
    pub(crate) fn bytes(self, address: u32, length: usize) -> Result<&'a [u8], Failure> {
        let start = address as usize;
        let end = start.checked_add(length).ok_or_else(outside)?;
        self.0.get(start..end).ok_or_else(outside)
    }

    #[inline]
    fn array<const SIZE: usize>(self, address: u32) -> Result<&'a [u8; SIZE], Failure> {
        let from = self.0.get(address as usize..).ok_or_else(outside)?;
        from.first_chunk().ok_or_else(outside)
    }

    pub(crate) fn u8(self, address: u32) -> Result<u8, Failure> {
        self.array::<1>(address).map(|[byte]| *byte)
    }

    #[inline]
    pub(crate) fn u32(self, address: u32) -> Result<u32, Failure> {
        self.array(address).map(|bytes| u32::from_le_bytes(*bytes))
    }

    pub(crate) fn u64(self, address: u32) -> Result<u64, Failure> {
        self.array(address).map(|bytes| u64::from_le_bytes(*bytes))
    }

    pub(crate) fn i64(self, address: u32) -> Result<i64, Failure> {
        self.array(address).map(|bytes| i64::from_le_bytes(*bytes))
    }

    pub(crate) fn f64(self, address: u32) -> Result<f64, Failure> {
        self.array(address).map(|bytes| f64::from_le_bytes(*bytes))
    }

    pub(crate) fn text(self, address: u32, length: usize) -> Result<&'a str, Failure> {
        let bytes = self.bytes(address, length)?;
        std::str::from_utf8(bytes).map_err(|_| Failure::misread(contract::VIOLATION_INVALID_UTF_8))
    }
}

/// Of so many bytes each, from that address on.
pub(crate) fn entry(start: u32, index: usize, size: u32) -> Result<u32, Failure> {
    let index = u32::try_from(index).ok();
    index.and_then(|index| start.checked_add(index.checked_mul(size)?)).ok_or_else(outside)
}

/// Writes into a memory, where it has room.
pub(crate) fn write(memory: &mut [u8], address: u32, bytes: &[u8]) -> Result<(), Failure> {
    let start = address as usize;
    let end = start.checked_add(bytes.len()).ok_or_else(outside)?;
    memory.get_mut(start..end).ok_or_else(outside)?.copy_from_slice(bytes);
    Ok(())
}

#[cold]
fn outside() -> Failure {
    Failure::misread(contract::VIOLATION_OUTSIDE_MEMORY)
}
