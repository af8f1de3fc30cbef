//! A loaded policy: bytes of a module come in, once; requests come in and answers go out, from any thread. Whatever
//! fails on the way to an answer is a deny, and the instance that failed is not asked again.

use crate::answer::{Answer, AnswerError};
use crate::contract;
use crate::digest::call_digest;
use crate::engine::Module;
use crate::failure::Failure;
use crate::instance::Instance;
use crate::json::{Encoded, encode};
use crate::load_error::LoadError;
use crate::manifest::{Manifest, PolicyName};
use crate::options::{DecideOptions, LoadOptions};
use crate::pool::Pool;
use crate::reader::errors::path_at;
use crate::sessions::{Sessions, SessionsOptions};
use crate::tables::{TableError, Tables, fill};
use serde::Serialize;
use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What a thread's buffer holds on to.
const KEPT_BYTES: usize = 65_536;

thread_local! {
    /// For requests on their way to JSON. It is empty while it is used.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A compiled policy. All threads may ask the same one; a clone is the same policy, too.
#[derive(Clone)]
pub struct Policy(Arc<Loaded>);

/// What instances for deciding and instances for sessions share.
pub(crate) struct Loaded {
    module: Module,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) options: LoadOptions,
    pub(crate) tables: Tables,
    /// Whether the policy declares the digest of the call.
    asks_digest: bool,
    pool: Pool,
    /// Held while a table is loaded or dropped.
    loading: Mutex<()>,
}

impl Policy {
    /// Loads a compiled module.
    ///
    /// # Errors
    ///
    /// If the bytes are no module that keeps the ABI, or one of another major version of it. What can be refused is
    /// refused here, and never later.
    pub fn load(module: &[u8]) -> Result<Self, LoadError> {
        Self::load_with(module, LoadOptions::default())
    }

    /// Loads a compiled module, within limits and on an engine of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and if the module takes more memory than it may.
    pub fn load_with(module: &[u8], options: LoadOptions) -> Result<Self, LoadError> {
        let compiled = Module::new(options.engine, module, options.deadline)?;
        let manifest = Arc::new(Manifest::read(module)?);
        let first = Instance::start(&compiled, &manifest, options.max_memory_bytes)?;
        let loaded = Loaded {
            module: compiled,
            asks_digest: first.guest.addresses().digest.is_some(),
            tables: Tables::new(manifest.tables.len()),
            pool: Pool::new(options.max_instances),
            loading: Mutex::new(()),
            manifest,
            options,
        };
        // The instance that was made goes to its place in the pool.
        let _ = loaded.pool.with(|| Ok(first), |_| Ok(()));
        Ok(Self(Arc::new(loaded)))
    }

    /// The name and the version that the policy was given.
    #[must_use]
    pub fn name(&self) -> &PolicyName {
        &self.0.manifest.policy
    }

    /// SHA-256 over the policy's sources, in hexadecimal.
    #[must_use]
    pub fn sources(&self) -> &str {
        &self.0.manifest.sources
    }

    /// Decides an AuthZEN evaluation request in JSON, by the host's clock.
    #[must_use]
    pub fn decide_json(&self, request: &[u8]) -> Answer {
        self.decide_json_with(request, DecideOptions::default())
    }

    /// Decides an AuthZEN evaluation request in JSON.
    #[must_use]
    pub fn decide_json_with(&self, request: &[u8], options: DecideOptions) -> Answer {
        let digest = if self.0.asks_digest { call_digest(request, &self.0.manifest.policy.name) } else { None };
        self.0.ask(request, options, digest.as_deref())
    }

    /// Decides an AuthZEN evaluation request of the caller's own types, by the host's clock.
    #[must_use]
    pub fn decide<T: Serialize + ?Sized>(&self, request: &T) -> Answer {
        self.decide_with(request, DecideOptions::default())
    }

    /// Decides an AuthZEN evaluation request of the caller's own types.
    #[must_use]
    pub fn decide_with<T: Serialize + ?Sized>(&self, request: &T, options: DecideOptions) -> Answer {
        let mut buffer = BUFFER.take();
        buffer.clear();
        let answer = match encode(&mut buffer, request, |path| self.0.is_read(path)) {
            Ok(()) => self.decide_json_with(&buffer, options),
            Err(Encoded(error)) => Answer::invalid(*error),
        };
        if buffer.capacity() <= KEPT_BYTES {
            BUFFER.set(buffer);
        }
        answer
    }

    /// Fills an external table, in the place of what it held, from JSON: an object by key, with two keys an object of
    /// objects. Decisions that begin later are by the new contents, those of sessions too.
    ///
    /// # Errors
    ///
    /// If there is no such table, or it does not take the contents. It then holds what it held.
    pub fn load_table(&self, name: &str, contents: &[u8]) -> Result<(), TableError> {
        let index = self.table(name)?;
        let _one_at_a_time = self.0.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = self.0.with_instance(|instance| {
            let most_bytes = self.0.options.table_bytes;
            let error = fill(&mut instance.guest, &self.0.manifest, index, contents, most_bytes)?;
            if error.is_none() {
                instance.seen = self.0.tables.set(index, Some(contents.into()));
            }
            Ok(error)
        });
        match loaded {
            Ok(None) => Ok(()),
            Ok(Some(error)) => Err(TableError::new(name, error)),
            Err(failure) => Err(TableError::new(name, failure.into())),
        }
    }

    /// Empties an external table: from now on every look-up in it is unknown.
    ///
    /// # Errors
    ///
    /// If there is no such table.
    pub fn drop_table(&self, name: &str) -> Result<(), TableError> {
        let index = self.table(name)?;
        let _one_at_a_time = self.0.loading.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.tables.set(index, None);
        Ok(())
    }

    /// Live sessions of the policy, in an instance of their own.
    ///
    /// # Errors
    ///
    /// If the module was not compiled to hold sessions.
    pub fn sessions(&self, options: SessionsOptions) -> Result<Sessions, LoadError> {
        Sessions::new(Arc::clone(&self.0), options)
    }

    fn table(&self, name: &str) -> Result<usize, TableError> {
        let tables = &self.0.manifest.tables;
        tables.iter().position(|table| *table.name == *name).ok_or_else(|| {
            let names = tables.iter().map(|table| &*table.name).collect::<Vec<_>>().join(", ");
            let expected = if names.is_empty() {
                contract::TEXT_NO_TABLE.to_owned()
            } else {
                contract::TEXT_TABLE_NAMES.replace("{}", &names)
            };
            TableError::new(name, AnswerError::new("unknown_table", expected, contract::TEXT_UNKNOWN_TABLE))
        })
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Policy").field(self.name()).finish()
    }
}

impl Loaded {
    /// `more_bytes`: what the instance may take beyond others.
    pub(crate) fn start(&self, more_bytes: usize) -> Result<Instance, LoadError> {
        let most_bytes = self.options.max_memory_bytes.saturating_add(more_bytes);
        Instance::start(&self.module, &self.manifest, most_bytes)
    }

    fn ask(&self, request: &[u8], options: DecideOptions, digest: Option<&str>) -> Answer {
        let Some(instant) = options.for_module() else {
            return no_instant();
        };
        self.with_instance(|instance| instance.decide(request, instant, digest)).unwrap_or_else(Answer::from)
    }

    /// An instance that holds the tables as they are now.
    fn with_instance<Gives>(
        &self,
        ask: impl FnOnce(&mut Instance) -> Result<Gives, Failure>,
    ) -> Result<Gives, Failure> {
        let start = || self.start(0).map_err(|why| Failure::misread(&why.to_string()));
        self.pool.with(start, |instance| {
            self.bring_tables(instance, 0)?;
            ask(instance)
        })
    }

    /// Whether the tables were others before.
    #[inline]
    pub(crate) fn bring_tables(&self, instance: &mut Instance, more_bytes: usize) -> Result<bool, Failure> {
        let Instance { guest, seen, .. } = instance;
        if self.tables.are_in(seen) {
            return Ok(false);
        }
        let most_bytes = self.options.table_bytes.saturating_add(more_bytes);
        self.tables.bring_into(guest, seen, &self.manifest, most_bytes)?;
        Ok(true)
    }

    /// Whether the policy declares what stands at a path, which has `[]` for places in arrays, or the digest of the call
    /// is taken of it.
    fn is_read(&self, path: &str) -> bool {
        let within =
            |root: &&str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        let is_of_call = ["$.action", "$.resource", "$.subject.properties.on_behalf_of"].iter().any(within);
        let mut declared = (0..self.manifest.paths.len()).filter_map(|place| path_at(place, &self.manifest).ok());
        (self.asks_digest && is_of_call) || declared.any(|declared| declared == path)
    }
}

pub(crate) fn no_instant() -> Answer {
    Answer::engine_error(contract::ENGINE_EPOCH_INSTANT, contract::TEXT_OTHER_VALUE)
}
