//! One guest, who asks it, and what it was told of the policy's tables. It answers one request at a time; after a failure
//! it is not to be asked again.

use crate::answer::Answer;
use crate::contract;
use crate::digest::LENGTH;
use crate::engine::{Guest, Module};
use crate::failure::Failure;
use crate::load_error::LoadError;
use crate::manifest::Manifest;
use crate::memory::{self, Memory};
use crate::reader::Reader;
use crate::tables::Seen;
use std::sync::Arc;

/// Bytes of a request that a module reads.
const ROOM: usize = contract::MAX_REQUEST_BYTES as usize;
const RESULT: usize = contract::RESULT_SIZE as usize;

pub(crate) struct Instance {
    pub(crate) guest: Guest,
    pub(crate) reader: Reader,
    pub(crate) seen: Seen,
}

impl Instance {
    pub(crate) fn start(module: &Module, manifest: &Arc<Manifest>, most_bytes: usize) -> Result<Self, LoadError> {
        let guest = module.start(most_bytes)?;
        if Memory(guest.memory()).bytes(guest.addresses().result, RESULT).is_err() {
            return Err(LoadError::new("the module's result is outside of its memory"));
        }
        if !manifest.tables.is_empty() && !guest.has_tables() {
            return Err(LoadError::new("the module does not export the functions of tables"));
        }
        Ok(Self { guest, reader: Reader::new(Arc::clone(manifest)), seen: Seen::default() })
    }

    #[inline]
    pub(crate) fn decide(
        &mut self,
        request: &[u8],
        (now, clock): (f64, i32),
        digest: Option<&str>,
    ) -> Result<Answer, Failure> {
        let length = self.write(request)?;
        self.tell_digest(digest)?;
        let result = self.guest.decide(length, now, clock)?;
        self.reader.read(&mut self.guest, result)
    }

    /// Gives the length to ask about. A text that is longer than any module takes is not written.
    #[inline]
    pub(crate) fn write(&mut self, text: &[u8]) -> Result<i32, Failure> {
        if text.len() <= ROOM {
            let address = self.guest.addresses().request;
            let address = address.ok_or_else(|| Failure::misread("no room for a request"))?;
            memory::write(self.guest.memory_mut(), address, text)?;
        }
        Ok(i32::try_from(text.len()).unwrap_or(i32::MAX))
    }

    /// Right before each call that reads a request or a part of one. `None`: the call has no digest.
    #[inline]
    pub(crate) fn tell_digest(&mut self, digest: Option<&str>) -> Result<(), Failure> {
        let Some((told, _)) = self.guest.addresses().digest else {
            return Ok(());
        };
        let text = digest.map_or([0; LENGTH].as_slice(), str::as_bytes);
        memory::write(self.guest.memory_mut(), told, text)
    }
}
