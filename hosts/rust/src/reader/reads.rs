//! What an answer read: the paths and tables of every rule that bears on its effect, whatever the rules' conditions
//! came to. Fixed by the manifest, the request's selectors and the effect.

use crate::answer::{EVERYTHING, Effect, everything};
use crate::contract;
use crate::failure::Failure;
use crate::manifest::{Manifest, Rule, Text};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Callers choose among the combinations: what is kept of them must have an end.
const MOST_KEPT: usize = 4096;

/// 1 + index in the manifest's lists; 0: a name that no list has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Selectors {
    pub(crate) subject: u32,
    pub(crate) action: u32,
    pub(crate) resource: u32,
}

#[derive(Clone)]
pub(crate) struct Read {
    pub(crate) paths: Arc<[Text]>,
    /// Decisions of the session have a share in it.
    pub(crate) single_use: bool,
}

impl Read {
    /// Of what was not judged.
    pub(crate) fn all() -> Self {
        Self { paths: everything(), single_use: false }
    }
}

/// By selectors and effect, which is none by default.
#[derive(Default)]
pub(crate) struct Reads(HashMap<(Selectors, Option<Effect>), Read>);

impl Reads {
    /// `effect`: `None` by default.
    pub(crate) fn of(
        &mut self,
        manifest: &Manifest,
        selectors: Selectors,
        effect: Option<Effect>,
    ) -> Result<Read, Failure> {
        if let Some(kept) = self.0.get(&(selectors, effect)) {
            return Ok(kept.clone());
        }
        let bears = |rule: &Rule| effect.is_none_or(|effect| bears(rule, effect));
        let bearing = manifest.rules.iter().filter(|rule| applies(rule, selectors) && bears(rule));
        let read = bearing.flat_map(|rule| rule.read.iter().copied()).collect::<BTreeSet<_>>();
        let made = told(manifest, manifest.choosers.iter().cloned(), &read)?;
        if self.0.len() >= MOST_KEPT {
            self.0.clear();
        }
        self.0.insert((selectors, effect), made.clone());
        Ok(made)
    }
}

/// Of a request at fault: all of it, and what the revokes ask of what happened.
pub(crate) fn of_invalid(manifest: &Manifest, selectors: Selectors) -> Result<Read, Failure> {
    let revoking = |rule: &&Rule| rule.effects.contains(&Effect::Revoke) && applies(rule, selectors);
    let read = manifest.rules.iter().filter(revoking).flat_map(|rule| rule.read.iter().copied());
    let asked = read.filter(|index| manifest.history.terms.contains(index)).collect();
    told(manifest, EVERYTHING.into_iter().map(Text::from), &asked)
}

fn told(manifest: &Manifest, besides: impl Iterator<Item = Text>, read: &BTreeSet<usize>) -> Result<Read, Failure> {
    let mut paths = besides.collect::<BTreeSet<_>>();
    for index in read {
        paths.insert(path_at(manifest, *index)?);
    }
    Ok(Read {
        paths: paths.into_iter().collect(),
        single_use: manifest.history.decisions.iter().any(|index| read.contains(index)),
    })
}

pub(crate) fn path_at(manifest: &Manifest, index: usize) -> Result<Text, Failure> {
    let path = manifest.reads.get(index).cloned();
    path.ok_or_else(|| Failure::misread(contract::VIOLATION_UNKNOWN_PATH))
}

fn applies(rule: &Rule, selectors: Selectors) -> bool {
    let chosen = |listed: &Option<Vec<u32>>, selector: u32| {
        listed.as_ref().is_none_or(|listed| selector > 0 && listed.contains(&selector))
    };
    chosen(&rule.subjects, selectors.subject)
        && chosen(&rule.actions, selectors.action)
        && chosen(&rule.resources, selectors.resource)
}

/// Rules that can fire as strictly; permits too where the effect stands on one.
fn bears(rule: &Rule, effect: Effect) -> bool {
    let is_granted = matches!(effect, Effect::Narrow | Effect::Challenge);
    rule.effects.iter().any(|own| *own >= effect || (is_granted && *own == Effect::Permit))
}
