//! The contents of external tables, for all instances: each is brought up to date before it evaluates.

use crate::error::Stop;
use crate::instance::Instance;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The contents of a table, and the version that they have been there since. `None`: it is empty.
type Table = (Option<Arc<[u8]>>, u64);

#[derive(Default)]
pub(crate) struct Tables {
    /// The number of changes.
    version: AtomicU64,
    /// The tables by their numbers in the module.
    tables: RwLock<BTreeMap<u32, Table>>,
}

impl Tables {
    /// Returns the version of an instance that has this change and all earlier ones.
    pub(crate) fn publish(&self, number: u32, contents: Option<&[u8]>) -> u64 {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        let version = self.version.load(Ordering::Relaxed) + 1;
        tables.insert(number, (contents.map(Into::into), version));
        self.version.store(version, Ordering::Release);
        version
    }

    pub(crate) fn are_current(&self, instance: &Instance) -> bool {
        self.version.load(Ordering::Acquire) == instance.tables
    }

    pub(crate) fn update(&self, instance: &mut Instance) -> Result<(), Stop> {
        if self.are_current(instance) {
            return Ok(());
        }
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner).clone();
        let seen = instance.tables;
        for (number, (contents, version)) in tables.iter().filter(|(_, (_, version))| *version > seen) {
            let changed = instance.change_table(*number, contents.as_deref());
            // Another instance accepted the contents.
            changed.map_err(|stop| Stop::Failed(stop.into_error().into()))?;
            instance.tables = instance.tables.max(*version);
        }
        Ok(())
    }
}
