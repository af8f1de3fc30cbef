//! The sessions of one instance of a module, by their handles. Memory grows as sessions need it, up to a limit.

use crate::answer::{Answer, AnswerError, Effect};
use crate::contract;
use crate::engine::SessionAddresses;
use crate::failure::Failure;
use crate::instance::Instance;
use crate::memory::{Memory, entry, write};
use crate::reader::errors::{NO_ROOM, texts};

const PAGE: usize = contract::PAGE_BYTES as usize;
/// How many pages are reserved at least when there is no more room.
const LEAST_PAGES: u32 = 16;
/// Bytes of a session's text.
const LONGEST: usize = contract::MAX_SNAPSHOT_BYTES as usize;
const CHANGE: u32 = contract::CHANGE_SIZE;
/// As many changes a sweep tells at once.
pub(super) const MOST_CHANGES: usize = contract::MAX_CHANGES as usize;
const LACKS_ROOM: u32 = contract::CODE_NO_ROOM;

pub(super) struct SessionEngine {
    pub(super) instance: Instance,
    addresses: SessionAddresses,
    most_pages: u32,
}

/// What came of a call of the module: something, or what it says is wrong.
type Attempt<Gives> = Result<Result<Gives, AnswerError>, Failure>;

/// A session whose answer is another, and what it was before.
pub(super) type HandleChange = (u32, Effect);

impl SessionEngine {
    /// `bytes`: what sessions may take in all. `None`: the module holds none.
    pub(super) fn new(instance: Instance, bytes: usize) -> Option<Self> {
        let addresses = instance.guest.addresses().sessions.filter(|_| instance.guest.has_sessions())?;
        let most_pages = u32::try_from(bytes / PAGE).unwrap_or(u32::MAX);
        Some(Self { instance, addresses, most_pages })
    }

    /// Gives a handle. `digest`: of the call, where the policy asks for it.
    pub(super) fn open(&mut self, id: &str, request: &[u8], now: f64, digest: Option<&str>) -> Attempt<u32> {
        self.growing(|own| {
            let length = own.instance.write(request)?;
            write(own.instance.guest.memory_mut(), own.addresses.id, id.as_bytes())?;
            own.instance.tell_digest(digest)?;
            let id_length = i32::try_from(id.len()).unwrap_or(i32::MAX);
            let handle = own.instance.guest.session_open(length, id_length, now)?;
            if handle == 0 { own.refused().map(Err) } else { Ok(Ok(handle)) }
        })
    }

    /// `replaced`: a set of parts. Gives an answer with an error where nothing changed; one that revokes ends the session.
    pub(super) fn patch(
        &mut self,
        handle: u32,
        part: &[u8],
        replaced: i32,
        digest: Option<&str>,
    ) -> Result<Option<Answer>, Failure> {
        loop {
            let length = self.instance.write(part)?;
            self.instance.tell_digest(digest)?;
            let result = self.instance.guest.session_patch(handle, length, replaced)?;
            if result == 0 {
                return Ok(None);
            }
            let answer = self.answer(result)?;
            let lacks_room = answer.error().is_some_and(|error| error.code == NO_ROOM);
            if !lacks_room || !self.grow()? {
                return Ok(Some(answer));
            }
        }
    }

    /// `signal`: its place in the manifest; `time`: NaN for now.
    pub(super) fn record(&mut self, handle: u32, signal: i32, told: &[u8], time: f64, now: f64) -> Attempt<()> {
        self.growing(|own| {
            let length = own.instance.write(told)?;
            let result = own.instance.guest.session_record(handle, signal, length, time, now)?;
            if result == 0 { Ok(Ok(())) } else { own.refused().map(Err) }
        })
    }

    /// `is_taken`: whether it is a decision, or what was asked last is judged once more.
    pub(super) fn decide(&mut self, handle: u32, now: f64, is_taken: bool) -> Result<Answer, Failure> {
        let result = self.instance.guest.session_decide(handle, now, is_taken.into())?;
        self.answer(result)
    }

    pub(super) fn close(&mut self, handle: u32) -> Result<(), Failure> {
        self.instance.guest.session_close(handle).map(|_| ())
    }

    pub(super) fn snapshot(&mut self, handle: u32) -> Attempt<String> {
        self.growing(|own| {
            let length = own.instance.guest.session_snapshot(handle)?;
            if length == 0 {
                return own.refused().map(Err);
            }
            let address = own.instance.guest.session_buffer(0)?;
            let text = Memory(own.instance.guest.memory()).text(address, length as usize)?;
            Ok(Ok(text.to_owned()))
        })
    }

    /// Gives a handle, and the first of the session's facts that does not fit the policy.
    pub(super) fn restore(&mut self, text: &str) -> Attempt<(u32, Option<AnswerError>)> {
        let length = i32::try_from(text.len()).ok().filter(|_| text.len() <= LONGEST);
        let Some(length) = length else {
            let expected = contract::TEXT_SNAPSHOT_BYTES;
            return Ok(Err(AnswerError::new("too_large", expected, contract::TEXT_LONGER_DOCUMENT)));
        };
        self.growing(|own| {
            let address = own.instance.guest.session_buffer(length)?;
            if address == 0 {
                return Ok(Err(lacks_room()));
            }
            write(own.instance.guest.memory_mut(), address, text.as_bytes())?;
            let handle = own.instance.guest.session_restore(length)?;
            if handle == 0 {
                return own.refused().map(Err);
            }
            Ok(Ok((handle, own.instance.reader.error_of(&own.instance.guest)?)))
        })
    }

    /// At most `MOST_CHANGES`; where there are as many there may be more.
    pub(super) fn sweep(&mut self, now: f64, is_all: bool) -> Result<Vec<HandleChange>, Failure> {
        let count = self.instance.guest.session_sweep(now, is_all.into())? as usize;
        if count > MOST_CHANGES {
            return Err(Failure::misread(contract::VIOLATION_TOO_MANY_CHANGES));
        }
        let memory = Memory(self.instance.guest.memory());
        let change = |place| {
            let entry = entry(self.addresses.changes, place, CHANGE)?;
            let before = memory.u8(entry.saturating_add(4))?;
            let before = Effect::ALL.get(usize::from(before)).copied();
            Ok((memory.u32(entry)?, before.ok_or_else(|| Failure::misread(contract::VIOLATION_UNKNOWN_EFFECT))?))
        };
        (0..count).map(change).collect()
    }

    /// Milliseconds; 0: at once, infinity: never.
    pub(super) fn due(&mut self) -> Result<f64, Failure> {
        self.instance.guest.session_due()
    }

    /// Until there is room for it, or no more memory.
    fn growing<Gives>(&mut self, mut attempt: impl FnMut(&mut Self) -> Attempt<Gives>) -> Attempt<Gives> {
        loop {
            match attempt(self)? {
                Err(error) if error.code == NO_ROOM && self.grow()? => {}
                outcome => return Ok(outcome),
            }
        }
    }

    /// By a quarter, so that it is seldom. Whether there is more than before.
    pub(super) fn grow(&mut self) -> Result<bool, Failure> {
        let before = self.instance.guest.reserve(0)?;
        let wanted = before.saturating_add(LEAST_PAGES.max(before / 4)).min(self.most_pages);
        Ok(wanted > before && self.instance.guest.reserve(wanted)? > before)
    }

    fn refused(&self) -> Result<AnswerError, Failure> {
        let error = self.instance.reader.error_of(&self.instance.guest)?;
        error.ok_or_else(|| Failure::misread(contract::VIOLATION_NO_ERROR))
    }

    fn answer(&mut self, result: u32) -> Result<Answer, Failure> {
        self.instance.reader.read(&mut self.instance.guest, result)
    }
}

fn lacks_room() -> AnswerError {
    let [code, expected, found] = texts(LACKS_ROOM).unwrap_or_default();
    AnswerError::new(code, expected, found)
}
