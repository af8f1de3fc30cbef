//! What a module wrote, as an answer, by its manifest. Every number is checked: one that the ABI does not allow is a
//! failure, and so never passes for an answer. Answers that say the same each time are kept, and shared.

pub(crate) mod errors;
mod kept;
mod obligations;
mod reads;
mod reasons;

use crate::answer::{Answer, AnswerError, Effect, OwnReason, Told};
use crate::contract;
use crate::engine::Guest;
use crate::failure::Failure;
use crate::manifest::{Manifest, Text};
use crate::memory::{Memory, entry};
use crate::value::{CELL, Value, cell_value, is_known, is_present, text_at};
use errors::{is_of_member, read_error};
use kept::Kept;
use reads::{Read, Reads, Selectors, of_invalid};
use std::sync::Arc;

/// Reasons that are no rule's, by their flags.
const OWN: [(u32, OwnReason); 3] = [
    (contract::FLAG_DEFAULT_DENY, OwnReason::DefaultDeny),
    (contract::FLAG_CLOCK_WENT_BACK, OwnReason::ClockWentBack),
    (contract::FLAG_REVOKED_BEFORE, OwnReason::RevokedBefore),
];
/// Where an answer that depends on the digest of the call reads it.
const DIGEST_PATH: &str = "context.call_digest";
/// The furthest from 0 that a float tells each whole number apart.
const MOST_EXACT: f64 = 9_007_199_254_740_991.0;

/// The numbers of a result.
struct Head {
    effect: u32,
    flags: u32,
    valid_until: f64,
    error: u32,
    count: u32,
    selectors: Selectors,
}

impl Head {
    #[inline]
    fn read(memory: Memory<'_>, result: u32) -> Result<Self, Failure> {
        let bytes = memory.bytes(result, contract::RESULT_SIZE as usize)?;
        let result = Memory(bytes);
        Ok(Self {
            effect: result.u32(contract::RESULT_EFFECT)?,
            flags: result.u32(contract::RESULT_FLAGS)?,
            valid_until: result.f64(contract::RESULT_VALID_UNTIL)?,
            error: result.u32(contract::RESULT_ERROR_CODE)?,
            count: result.u32(contract::RESULT_REASON_COUNT)?,
            selectors: Selectors {
                subject: result.u32(contract::RESULT_SUBJECT)?,
                action: result.u32(contract::RESULT_ACTION)?,
                resource: result.u32(contract::RESULT_RESOURCE)?,
            },
        })
    }

    fn is_invalid(&self) -> bool {
        self.flags & contract::FLAG_INVALID != 0
    }

    /// Effect and, if there is one, the reason that is no rule's.
    fn judged(&self) -> Result<(Effect, Option<OwnReason>), Failure> {
        let effect = Effect::ALL.get(self.effect as usize).copied();
        let effect = effect.ok_or_else(|| Failure::misread(contract::VIOLATION_UNKNOWN_EFFECT))?;
        let mut own = OWN.iter().filter(|(flag, _)| self.flags & flag != 0).map(|(_, own)| *own);
        let (first, second) = (own.next(), own.next());
        if let Some(reason) = first
            && (reason.named().1 != effect || self.is_invalid() || second.is_some())
        {
            return Err(Failure::misread(contract::VIOLATION_EFFECT_FLAGS));
        }
        if self.is_invalid() && effect < Effect::Deny {
            return Err(Failure::misread(contract::VIOLATION_GRANTED_INVALID));
        }
        Ok((effect, first))
    }

    fn until(&self) -> Result<Option<i64>, Failure> {
        if self.valid_until == f64::INFINITY { Ok(None) } else { whole(self.valid_until).map(Some) }
    }
}

/// Of whoever asks one guest: what it kept of earlier answers.
pub(crate) struct Reader {
    manifest: Arc<Manifest>,
    kept: Kept,
    reads: Reads,
}

impl Reader {
    pub(crate) fn new(manifest: Arc<Manifest>) -> Self {
        let kept = Kept::new(&manifest);
        Self { manifest, kept, reads: Reads::default() }
    }

    pub(crate) fn read(&mut self, guest: &mut Guest, result: u32) -> Result<Answer, Failure> {
        let head = Head::read(Memory(guest.memory()), result)?;
        let valid_until = head.until()?;
        let key = self.kept.key_of(guest, &head)?;
        if let Some(told) = key.and_then(|key| self.kept.get(key)) {
            return Ok(Answer::new(told, valid_until));
        }
        let (told, is_explained) = self.told(guest, result, &head)?;
        let told = Arc::new(told);
        if let Some(key) = key.filter(|_| !is_explained) {
            self.kept.keep(key, Arc::clone(&told));
        }
        Ok(Answer::new(told, valid_until))
    }

    /// What is wrong with what the module was told last, if anything is.
    pub(crate) fn error_of(&self, guest: &Guest) -> Result<Option<AnswerError>, Failure> {
        read_error(Memory(guest.memory()), guest.addresses().result, &self.manifest)
    }

    /// And whether it took more of the request than judging.
    fn told(&mut self, guest: &mut Guest, result: u32, head: &Head) -> Result<(Told, bool), Failure> {
        let (effect, own) = head.judged()?;
        let error = read_error(Memory(guest.memory()), result, &self.manifest)?;
        if head.is_invalid() != error.is_some() {
            return Err(Failure::misread(contract::VIOLATION_ERROR_FLAG));
        }
        let own = own.or_else(|| (head.is_invalid() && effect == Effect::Deny).then_some(OwnReason::InvalidRequest));
        if own.is_some() != (head.count == 0) {
            return Err(Failure::misread(contract::VIOLATION_EFFECT_REASONS));
        }
        let read = self.read_of(head, effect, own)?;
        if let Some(own) = own {
            let told = Told::alone(own, read.paths, error);
            return Ok((Told { single_use: read.single_use, ..told }, false));
        }
        let manifest = Arc::clone(&self.manifest);
        let fired = reasons::fired(guest, &manifest, head.count as usize)?;
        // Explaining may use the memory that constraints lie in.
        let constraints = if effect == Effect::Narrow { constraints(guest, &manifest)? } else { Vec::new() };
        let is_explained = reasons::need_explaining(effect, &fired);
        if is_explained {
            guest.explain()?;
        }
        let reasons = reasons::read(guest, &manifest, effect, &fired)?;
        let is_bound = effect == Effect::Challenge && read.paths.iter().any(|path| **path == *DIGEST_PATH);
        let told = Told {
            effect,
            reasons: reasons.ids,
            reason_details: reasons.details,
            constraints,
            obligations: reasons.obligations,
            access_request: reasons.access_request,
            read: read.paths,
            single_use: read.single_use,
            call_digest: if is_bound { judged_digest(guest)? } else { None },
            error,
        };
        Ok((told, is_explained))
    }

    fn read_of(&mut self, head: &Head, effect: Effect, own: Option<OwnReason>) -> Result<Read, Failure> {
        let is_unjudged = own == Some(OwnReason::ClockWentBack);
        if is_unjudged || (head.is_invalid() && !is_of_member(head.error)) {
            return Ok(Read::all());
        }
        let manifest = &*self.manifest;
        let Selectors { subject, action, resource } = head.selectors;
        let is_listed = |index: u32, names: &[Text]| index as usize <= names.len();
        let names = &manifest.selectors;
        if !(is_listed(subject, &names.subjects)
            && is_listed(action, &names.actions)
            && is_listed(resource, &names.resources))
        {
            return Err(Failure::misread(contract::VIOLATION_UNKNOWN_SELECTOR));
        }
        if head.is_invalid() {
            return of_invalid(manifest, head.selectors);
        }
        let by_rules = (own != Some(OwnReason::DefaultDeny)).then_some(effect);
        self.reads.of(manifest, head.selectors, by_rules)
    }
}

/// By name, in ASCII order.
fn constraints(guest: &Guest, manifest: &Manifest) -> Result<Vec<(Text, Value)>, Failure> {
    let memory = Memory(guest.memory());
    let mut set = Vec::new();
    for (index, constraint) in manifest.constraints.iter().enumerate() {
        let cell = entry(guest.addresses().constraints, index, CELL)?;
        if is_present(memory, cell)? {
            set.push((Arc::clone(&constraint.name), cell_value(memory, cell, &constraint.kind)?));
        }
    }
    set.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(set)
}

/// The digest of the call that was judged last, where it is known.
pub(crate) fn judged_digest(guest: &Guest) -> Result<Option<String>, Failure> {
    let memory = Memory(guest.memory());
    let Some((_, cell)) = guest.addresses().digest else {
        return Ok(None);
    };
    if is_known(memory, cell)? { text_at(memory, cell).map(|text| Some(text.to_owned())) } else { Ok(None) }
}

/// An instant that a float holds exactly.
#[allow(clippy::cast_possible_truncation)]
fn whole(milliseconds: f64) -> Result<i64, Failure> {
    if milliseconds.trunc() == milliseconds && milliseconds.abs() <= MOST_EXACT {
        Ok(milliseconds as i64)
    } else {
        Err(Failure::misread(contract::VIOLATION_INVALID_INSTANT))
    }
}
