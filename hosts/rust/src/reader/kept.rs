//! Answers that are the same each time, but for how long they hold: their reasons say the same each time. What tells
//! one from another is a number. Callers choose among the numbers: what is kept has an end.

use super::{Head, reasons};
use crate::answer::{Effect, Told};
use crate::contract::FLAG_DEFAULT_DENY as DEFAULT_DENY;
use crate::engine::Guest;
use crate::failure::Failure;
use crate::manifest::Manifest;
use crate::memory::Memory;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

const MOST_KEPT: usize = 4096;
/// Of an answer that is kept.
const MOST_REASONS: u32 = 16;

pub(crate) struct Kept {
    subjects: u128,
    actions: u128,
    resources: u128,
    reasons: u128,
    answers: HashMap<u128, Arc<Told>, Seed>,
    /// What was given last, for most requests are like the one before.
    last: Option<(u128, Arc<Told>)>,
}

impl Kept {
    pub(crate) fn new(manifest: &Manifest) -> Self {
        let count = |length: usize| length as u128 + 1;
        Self {
            subjects: count(manifest.selectors.subjects.len()),
            actions: count(manifest.selectors.actions.len()),
            resources: count(manifest.selectors.resources.len()),
            reasons: count(manifest.reasons.len()),
            answers: HashMap::with_hasher(Seed(RandomState::new().hash_one(0) | 1)),
            last: None,
        }
    }

    /// `None`: the answer is none of these.
    pub(super) fn key_of(&self, guest: &Guest, head: &Head) -> Result<Option<u128>, Failure> {
        let is_plain = head.flags == if head.count == 0 { DEFAULT_DENY } else { 0 };
        let is_bound = head.effect == Effect::Challenge as u32 && guest.addresses().digest.is_some();
        let is_own = head.effect == Effect::Narrow as u32 || head.effect > Effect::Revoke as u32;
        if !is_plain || is_bound || is_own || head.error != 0 || head.count > MOST_REASONS {
            return Ok(None);
        }
        let selectors = head.selectors;
        let (subject, action) = (u128::from(selectors.subject), u128::from(selectors.action));
        let resource = u128::from(selectors.resource);
        if subject >= self.subjects || action >= self.actions || resource >= self.resources {
            return Ok(None);
        }
        let mut key = Some(resource);
        let mut digit = |base: u128, digit: u128| {
            key = key.and_then(|key| key.checked_mul(base)?.checked_add(digit));
        };
        digit(self.actions, action);
        digit(self.subjects, subject);
        digit(Effect::ALL.len() as u128, head.effect.into());
        let memory = Memory(guest.memory());
        for place in 0..head.count as usize {
            let (index, is_unknown) = reasons::at(memory, guest.addresses().reasons, place)?;
            let reason = u128::from(index) + 1;
            if is_unknown || reason >= self.reasons {
                return Ok(None);
            }
            digit(self.reasons, reason);
        }
        digit(u128::from(MOST_REASONS) + 1, head.count.into());
        Ok(key)
    }

    #[inline]
    pub(super) fn get(&mut self, key: u128) -> Option<Arc<Told>> {
        if let Some((last, told)) = &self.last
            && *last == key
        {
            return Some(Arc::clone(told));
        }
        let told = self.answers.get(&key)?;
        self.last = Some((key, Arc::clone(told)));
        Some(Arc::clone(told))
    }

    pub(super) fn keep(&mut self, key: u128, told: Arc<Told>) {
        if self.answers.len() >= MOST_KEPT {
            self.answers.clear();
        }
        self.answers.insert(key, told);
    }
}

/// Odd and chosen by chance, so that nobody chooses keys that meet.
struct Seed(u64);

impl BuildHasher for Seed {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded { seed: self.0, hash: 0 }
    }
}

/// Of a number: product and overflow of its halves with the seed.
struct Folded {
    seed: u64,
    hash: u64,
}

impl Folded {
    fn fold(&mut self, half: u64) {
        let product = u128::from(half ^ self.hash ^ self.seed) * u128::from(self.seed);
        self.hash = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Folded {
    fn write_u128(&mut self, key: u128) {
        self.fold(key as u64);
        self.fold((key >> 64) as u64);
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.fold((*byte).into()));
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}
