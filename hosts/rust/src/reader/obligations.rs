//! The obligations of an answer, from what its reasons ask for, once the module has explained them: each once, in the
//! order of the reasons. And the answer's access request, which is the first of them.

use super::reasons::Fired;
use crate::answer::{AccessRequest, Effect, Obligation};
use crate::contract;
use crate::engine::Guest;
use crate::failure::Failure;
use crate::manifest::{Demand, Manifest, Text, Type};
use crate::memory::{Memory, entry};
use crate::value::{CELL, Value, cell_value, is_known};
use std::sync::Arc;

use crate::contract::ACCESS_REQUEST_TYPE as ACCESS_REQUEST;
const LASTING: &str = "expires_in";

/// One that a reason asks for.
type Asked<'a> = (&'a Text, &'a Demand, &'a crate::manifest::Obligation);
type Properties = Vec<(Text, Value)>;

pub(crate) fn obligations(
    guest: &Guest,
    manifest: &Manifest,
    effect: Effect,
    fired: &[Fired<'_>],
) -> Result<Vec<Obligation>, Failure> {
    let mut found: Vec<Obligation> = Vec::new();
    for (reason, demand, obligation) in asked(manifest, effect, fired)? {
        if *obligation.kind == *ACCESS_REQUEST {
            continue;
        }
        let Some(properties) = said(guest, manifest, demand)? else {
            if effect >= Effect::Deny {
                continue;
            }
            return Err(Failure::misread(contract::VIOLATION_UNUSABLE_OBLIGATION));
        };
        let same = |each: &&mut Obligation| each.name == obligation.name && each.properties == properties;
        match found.iter_mut().find(same) {
            Some(before) if before.reasons.contains(reason) => {}
            Some(before) => before.reasons.push(Arc::clone(reason)),
            None => found.push(Obligation {
                name: Arc::clone(&obligation.name),
                kind: Arc::clone(&obligation.kind),
                properties,
                reasons: vec![Arc::clone(reason)],
            }),
        }
    }
    Ok(found)
}

/// None where the module judged without an instant: nobody could tell until when.
pub(crate) fn access_request(
    guest: &mut Guest,
    manifest: &Manifest,
    effect: Effect,
    fired: &[Fired<'_>],
) -> Result<Option<AccessRequest>, Failure> {
    let asked = asked(manifest, effect, fired)?;
    let Some((reason, demand, obligation)) =
        asked.into_iter().find(|(.., obligation)| *obligation.kind == *ACCESS_REQUEST)
    else {
        return Ok(None);
    };
    let instant = guest.instant()?.ok_or_else(|| Failure::no_door("instant"))?;
    if instant.is_nan() {
        return Ok(None);
    }
    let evaluated_at = super::whole(instant)?;
    let properties = said(guest, manifest, demand)?;
    let properties = properties.ok_or_else(|| Failure::misread(contract::VIOLATION_UNUSABLE_ACCESS_REQUEST))?;
    let endless = || Failure::misread(contract::VIOLATION_ENDLESS_ACCESS_REQUEST);
    let lasting = demand.properties.get(LASTING).ok_or_else(endless)?;
    let (cell, Type::Duration) = cell(guest, manifest, *lasting)? else {
        return Err(endless());
    };
    let expires_at = evaluated_at.checked_add(Memory(guest.memory()).i64(cell)?);
    Ok(Some(AccessRequest {
        name: Arc::clone(&obligation.name),
        properties,
        reason: Arc::clone(reason),
        evaluated_at,
        expires_at: expires_at.ok_or_else(endless)?,
    }))
}

fn asked<'a>(manifest: &'a Manifest, effect: Effect, fired: &[Fired<'a>]) -> Result<Vec<Asked<'a>>, Failure> {
    let mut all = Vec::new();
    for Fired { reason, .. } in fired {
        let Some(asks) = reason.asks.as_ref().filter(|asks| asks.effect == effect) else {
            continue;
        };
        for demand in &asks.obligations {
            let obligation = manifest.obligations.get(demand.obligation);
            let unlisted = || Failure::misread(contract::VIOLATION_UNKNOWN_OBLIGATION);
            all.push((&reason.id, demand, obligation.ok_or_else(unlisted)?));
        }
    }
    Ok(all)
}

/// `None` where a value is not known.
fn said(guest: &Guest, manifest: &Manifest, demand: &Demand) -> Result<Option<Properties>, Failure> {
    let memory = Memory(guest.memory());
    let mut said = Vec::with_capacity(demand.properties.len());
    for (name, index) in &demand.properties {
        let (cell, kind) = cell(guest, manifest, *index)?;
        if !is_known(memory, cell)? {
            return Ok(None);
        }
        said.push((Arc::clone(name), cell_value(memory, cell, kind)?));
    }
    Ok(Some(said))
}

fn cell<'a>(guest: &Guest, manifest: &'a Manifest, index: usize) -> Result<(u32, &'a Type), Failure> {
    let unlisted = || Failure::misread(contract::VIOLATION_UNKNOWN_PROPERTY);
    let kind = manifest.properties.get(index).ok_or_else(unlisted)?;
    let start = guest.addresses().properties.ok_or_else(unlisted)?;
    Ok((entry(start, index, CELL)?, kind))
}
