//! The reasons of an answer, with their messages filled in, the paths that made them unknown and what they ask for,
//! in order of ids and then of their places in the sources.

use super::obligations::{access_request, obligations};
use super::reads::path_at;
use crate::answer::{AccessRequest, Effect, Obligation, ReasonDetail, Source};
use crate::contract;
use crate::engine::Guest;
use crate::failure::Failure;
use crate::manifest::{Manifest, Part, Reason, Text};
use crate::memory::{Memory, entry};
use crate::value::{CELL, show_cell};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) use crate::contract::REASON_SIZE as SIZE;
use crate::contract::{REASON_FIRED_ON_UNKNOWN as FIRED_ON_UNKNOWN, REASON_UNKNOWN as UNKNOWN};

/// A reason that fired, and where the module tells of it.
#[derive(Clone, Copy)]
pub(crate) struct Fired<'a> {
    pub(crate) reason: &'a Reason,
    pub(crate) is_unknown: bool,
    entry: u32,
}

pub(crate) struct Reasons {
    pub(crate) details: Vec<ReasonDetail>,
    pub(crate) ids: Vec<Text>,
    pub(crate) obligations: Vec<Obligation>,
    pub(crate) access_request: Option<AccessRequest>,
}

/// Index in the manifest, and whether it fired on unknown.
#[inline]
pub(crate) fn at(memory: Memory<'_>, reasons: u32, place: usize) -> Result<(u32, bool), Failure> {
    let entry = entry(reasons, place, SIZE)?;
    Ok((memory.u32(entry)?, memory.u32(entry.saturating_add(FIRED_ON_UNKNOWN))? & 1 != 0))
}

/// In their order.
pub(crate) fn fired<'a>(guest: &Guest, manifest: &'a Manifest, count: usize) -> Result<Vec<Fired<'a>>, Failure> {
    if count > manifest.reasons.len() {
        return Err(Failure::misread(contract::VIOLATION_TOO_MANY_REASONS));
    }
    let start = guest.addresses().reasons;
    let mut all = Vec::with_capacity(count);
    for place in 0..count {
        let (index, is_unknown) = at(Memory(guest.memory()), start, place)?;
        let reason = manifest.reasons.get(index as usize);
        let reason = reason.ok_or_else(|| Failure::misread(contract::VIOLATION_UNKNOWN_REASON))?;
        let source = source_of(manifest, reason)?;
        all.push((source, Fired { reason, is_unknown, entry: entry(start, place, SIZE)? }));
    }
    all.sort_by(|(a_source, a), (b_source, b)| {
        let key = |source: &Source| (source.line, source.column);
        (&a.reason.id, &a_source.file, key(a_source)).cmp(&(&b.reason.id, &b_source.file, key(b_source)))
    });
    Ok(all.into_iter().map(|(_, fired)| fired).collect())
}

/// Whether any of them takes more of the request than judging it did.
pub(crate) fn need_explaining(effect: Effect, fired: &[Fired<'_>]) -> bool {
    fired.iter().any(|Fired { reason, is_unknown, .. }| {
        let asks = reason.asks.as_ref().is_some_and(|asks| asks.effect == effect);
        let message = reason.message.iter().flatten();
        *is_unknown || asks || message.into_iter().any(|part| matches!(part, Part::Placeholder(_)))
    })
}

/// Of an answer whose reasons are explained, if they need it.
pub(crate) fn read(
    guest: &mut Guest,
    manifest: &Manifest,
    effect: Effect,
    fired: &[Fired<'_>],
) -> Result<Reasons, Failure> {
    let memory = Memory(guest.memory());
    let placeholders = guest.addresses().placeholders;
    let mut details = Vec::with_capacity(fired.len());
    let mut ids: Vec<Text> = Vec::with_capacity(fired.len());
    for Fired { reason, is_unknown, entry } in fired {
        if ids.last() != Some(&reason.id) {
            ids.push(Arc::clone(&reason.id));
        }
        details.push(ReasonDetail {
            id: Arc::clone(&reason.id),
            effect,
            message: message(memory, placeholders, manifest, reason)?,
            fired_on_unknown: *is_unknown,
            unknown: if *is_unknown { unknown_paths(memory, manifest, reason, *entry)? } else { Vec::new() },
            source: Some(source_of(manifest, reason)?),
        });
    }
    Ok(Reasons {
        details,
        ids,
        obligations: obligations(guest, manifest, effect, fired)?,
        access_request: access_request(guest, manifest, effect, fired)?,
    })
}

fn message(
    memory: Memory<'_>,
    placeholders: u32,
    manifest: &Manifest,
    reason: &Reason,
) -> Result<Option<String>, Failure> {
    let Some(parts) = &reason.message else {
        return Ok(None);
    };
    let mut message = String::new();
    for part in parts {
        match part {
            Part::Text(text) => message.push_str(text),
            Part::Placeholder(index) => {
                let kind = manifest.placeholders.get(*index);
                let kind = kind.ok_or_else(|| Failure::misread(contract::VIOLATION_UNKNOWN_PLACEHOLDER))?;
                message.push_str(&show_cell(memory, entry(placeholders, *index, CELL)?, kind)?);
            }
        }
    }
    Ok(Some(message))
}

fn source_of(manifest: &Manifest, reason: &Reason) -> Result<Source, Failure> {
    let (file, line, column) = reason.source;
    let file = manifest.files.get(file).cloned();
    let file = file.ok_or_else(|| Failure::misread(contract::VIOLATION_UNKNOWN_FILE))?;
    Ok(Source { file, line, column })
}

fn unknown_paths(memory: Memory<'_>, manifest: &Manifest, reason: &Reason, entry: u32) -> Result<Vec<Text>, Failure> {
    let mask = memory.u64(entry.saturating_add(UNKNOWN))?;
    let bits = (0..u64::BITS as usize).filter(|bit| (mask >> bit) & 1 != 0);
    let paths = bits.map(|bit| {
        let index = reason.unknown.get(bit).copied();
        path_at(manifest, index.ok_or_else(|| Failure::misread(contract::VIOLATION_UNLISTED_UNKNOWN_PATH))?)
    });
    Ok(paths.collect::<Result<BTreeSet<_>, _>>()?.into_iter().collect())
}
