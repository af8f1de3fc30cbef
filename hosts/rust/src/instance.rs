//! One instance of a module: requests and names are written to its memory, and answers are read from it. After a
//! failure it must not be used again.

use crate::answer::{Answer, Content};
use crate::contract;
use crate::engine::{Exports, Guest, Start};
use crate::error::{AnswerError, LoadError, Stop};
use crate::header::{Header, write};
use crate::response::Details;
use std::collections::HashMap;
use std::sync::Arc;

/// Callers choose the keys of answers, so that the number of answers must be limited.
const MAX_CACHED: usize = 4096;

pub(crate) struct Instance {
    pub(crate) guest: Box<dyn Guest>,
    pub(crate) exports: Exports,
    /// Where to write a request. 0: there is no room.
    request: u32,
    /// The members of answers by their keys.
    cache: HashMap<u64, Arc<Content>>,
    /// The version of the tables that it has.
    pub(crate) tables: u64,
}

/// The form in which a caller receives an answer.
pub(crate) trait Output: Sized {
    /// The `form` that the module is called with.
    const FORM: u32;

    fn receive(instance: &mut Instance, header: Header) -> Result<Self, Stop>;

    /// A deny of the host itself.
    fn denied(error: AnswerError) -> Self;
}

impl Output for Answer {
    const FORM: u32 = contract::FORM_UNLESS_KEYED;

    fn receive(instance: &mut Instance, header: Header) -> Result<Self, Stop> {
        Ok(Self::new(instance.content(header)?, header))
    }

    fn denied(error: AnswerError) -> Self {
        Self::denied(error)
    }
}

impl Output for Vec<u8> {
    const FORM: u32 = contract::FORM_RESPONSE;

    fn receive(instance: &mut Instance, header: Header) -> Result<Self, Stop> {
        header.text(instance.guest.memory()).map(Into::into)
    }

    fn denied(error: AnswerError) -> Self {
        Details::denied(error).to_json(None).into_bytes()
    }
}

impl Instance {
    /// `limit`: the memory that tables and sessions may take, in bytes.
    pub(crate) fn start(start: &Start, max_bytes: usize, limit: usize) -> Result<Self, LoadError> {
        let mut guest = start(max_bytes)?;
        let exports = guest.exports();
        let failed = |stop: Stop| LoadError(format!("the module fails: {}", stop.into_error()));
        let request = guest.request(0).map_err(failed)?;
        if exports.has_tables || exports.has_sessions {
            let pages = limit / contract::PAGE_BYTES as usize;
            guest.limit(u32::try_from(pages).unwrap_or(u32::MAX)).map_err(failed)?;
        }
        Ok(Self { guest, exports, request, cache: HashMap::new(), tables: 0 })
    }

    pub(crate) fn decide<O: Output>(&mut self, request: &[u8], now: f64, clock: u32) -> Result<O, Stop> {
        let length = self.write(request)?;
        let address = self.guest.decide(length, now, clock, O::FORM)?;
        O::receive(self, self.header(address)?)
    }

    /// Evaluates whether an incomplete request could be permitted.
    pub(crate) fn could<O: Output>(&mut self, request: &[u8], now: f64, clock: u32) -> Result<O, Stop> {
        if !self.exports.has_possibility {
            return Err(no_possibility());
        }
        let length = self.write(request)?;
        let address = self.guest.could(length, now, clock, O::FORM)?;
        O::receive(self, self.header(address)?)
    }

    /// Evaluates whether a request could be permitted in a session. `None`: the latest request.
    pub(crate) fn session_could<O: Output>(
        &mut self,
        handle: u32,
        request: Option<&[u8]>,
        now: f64,
    ) -> Result<O, Stop> {
        if !self.exports.has_session_possibility {
            return Err(no_possibility());
        }
        let length = request.map_or(Ok(0), |request| self.write(request))?;
        let address = self.guest.session_could(handle, length, now, O::FORM)?;
        O::receive(self, self.header(address)?)
    }

    /// Returns the length for the module. It reports a request that is too long, which is not written.
    pub(crate) fn write(&mut self, request: &[u8]) -> Result<u32, Stop> {
        self.write_at(self.request, contract::MAX_REQUEST_BYTES, request)
    }

    /// Returns the length for the module. It reports a name that is too long, which is not written.
    pub(crate) fn write_name(&mut self, name: &str) -> Result<u32, Stop> {
        self.write_at(self.exports.name, contract::MAX_NAME_BYTES, name.as_bytes())
    }

    /// Writes at most this many bytes. Address 0: there is no room.
    pub(crate) fn write_at(&mut self, address: u32, max: u32, bytes: &[u8]) -> Result<u32, Stop> {
        let length = length_of(bytes.len());
        if address != 0 && length <= max {
            write(self.guest.memory_mut(), address, bytes)?;
        }
        Ok(length)
    }

    pub(crate) fn header(&self, address: u32) -> Result<Header, Stop> {
        Header::read(self.guest.memory(), address)
    }

    /// The response to the previous call.
    fn respond(&mut self) -> Result<Header, Stop> {
        let address = self.guest.respond(contract::FORM_RESPONSE)?;
        self.header(address)
    }

    /// The members of an answer, which was written unless it has a key.
    fn content(&mut self, header: Header) -> Result<Arc<Content>, Stop> {
        if header.key != 0
            && let Some(content) = self.cache.get(&header.key)
        {
            let is_same = content.effect == header.effect;
            return is_same
                .then(|| Arc::clone(content))
                .ok_or_else(|| Stop::violation(contract::VIOLATION_OTHER_EFFECT));
        }
        let written = if header.length == 0 { self.respond()? } else { header };
        let content = Content::new(header.effect, written.text(self.guest.memory())?)?;
        if header.key != 0 {
            if self.cache.len() >= MAX_CACHED {
                self.cache.clear();
            }
            self.cache.insert(header.key, Arc::clone(&content));
        }
        Ok(content)
    }

    fn error(&self, header: Header) -> Result<Option<AnswerError>, Stop> {
        Details::parse(header.text(self.guest.memory())?).map(|details| details.error)
    }

    /// The error of the response to the previous call.
    pub(crate) fn last_error(&mut self) -> Result<Option<AnswerError>, Stop> {
        let header = self.respond()?;
        self.error(header)
    }

    /// `refusal`: the address of a refusal, or 0 if the call was not refused.
    pub(crate) fn unless_refused(&self, refusal: u32) -> Result<(), Stop> {
        if refusal == 0 { Ok(()) } else { Err(refused(self.error(self.header(refusal)?)?)) }
    }

    /// `result`: a handle or a length, or 0 if the call was refused.
    pub(crate) fn unless_zero(&mut self, result: u32) -> Result<u32, Stop> {
        if result == 0 { Err(refused(self.last_error()?)) } else { Ok(result) }
    }

    /// 0: there is no table with this name.
    pub(crate) fn find_table(&mut self, name: &str) -> Result<u32, Stop> {
        let length = self.write_name(name)?;
        self.guest.table_find(length)
    }

    /// Replaces the contents of a table. `None`: empties it.
    pub(crate) fn change_table(&mut self, table: u32, contents: Option<&[u8]>) -> Result<(), Stop> {
        let refusal = if let Some(contents) = contents {
            let address = self.guest.table_text(length_of(contents.len()))?;
            self.write_at(address, u32::MAX, contents)?;
            self.guest.table_load(table)?
        } else {
            self.guest.table_drop(table)?
        };
        self.unless_refused(refusal)
    }
}

/// A number of bytes for the module, which refuses 2^31 - 1.
pub(crate) fn length_of(bytes: usize) -> u32 {
    i32::try_from(bytes).unwrap_or(i32::MAX).cast_unsigned()
}

fn refused(error: Option<AnswerError>) -> Stop {
    error.map_or_else(|| Stop::violation(contract::VIOLATION_NO_ERROR), |error| Stop::Refused(error.into()))
}

fn no_possibility() -> Stop {
    refused(Some(AnswerError::new(
        contract::error_codes::ENGINE_ERROR,
        contract::ENGINE_POSSIBILITY,
        contract::ENGINE_NO_POSSIBILITY,
    )))
}
