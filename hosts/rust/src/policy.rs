//! A loaded policy: takes the bytes of a module once, and then requests, from any thread. Every failure on the way to an
//! answer is a deny, and the instance that failed is not used again.

use crate::answer::Answer;
use crate::contract::{ENGINE_ANSWER, error_codes};
use crate::engine::{Start, compile};
use crate::error::{AnswerError, LoadError, Stop, TableError};
use crate::instance::{Instance, Output};
use crate::json::to_json;
use crate::manifest::{Manifest, PolicyName, section};
use crate::options::{DecideOptions, LoadOptions};
use crate::pool::Pool;
use crate::possibility::Possibility;
use crate::sessions::Sessions;
use crate::tables::Tables;
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};

/// A compiled policy. Threads share it; a clone is the same policy.
#[derive(Clone)]
pub struct Policy(Arc<Loaded>);

/// The parts that instances for decisions and instances for sessions share.
pub(crate) struct Loaded {
    start: Start,
    options: LoadOptions,
    pub(crate) tables: Tables,
    pool: Pool,
    /// Locked while a table is changed.
    changing: Mutex<()>,
    manifest: Option<Box<str>>,
}

impl Policy {
    /// Loads a compiled module.
    ///
    /// # Errors
    ///
    /// If the bytes are not a module of this major version of the ABI.
    pub fn load(module: &[u8]) -> Result<Self, LoadError> {
        Self::load_with(module, LoadOptions::default())
    }

    /// Loads a compiled module with options.
    ///
    /// # Errors
    ///
    /// Like [`load`](Self::load), and if the module takes more memory or time than the options allow.
    pub fn load_with(module: &[u8], options: LoadOptions) -> Result<Self, LoadError> {
        let loaded = Loaded {
            start: compile(options.engine, module, options.deadline)?,
            tables: Tables::default(),
            pool: Pool::new(options.max_instances),
            changing: Mutex::new(()),
            manifest: section(module).map(Into::into),
            options,
        };
        let first = loaded.start(0)?;
        // It is the first instance of the pool.
        let _ = loaded.pool.with(|| Ok(first), |_| Ok(()));
        Ok(Self(Arc::new(loaded)))
    }

    /// The name and the version of the policy, which are parsed in each call. Empty if the module has no manifest.
    pub fn name(&self) -> PolicyName {
        let manifest = self.manifest().and_then(|manifest| serde_json::from_str::<Manifest>(manifest).ok());
        manifest.map(|manifest| manifest.policy).unwrap_or_default()
    }

    /// The manifest of the module, in JSON. `None`: it has none.
    pub fn manifest(&self) -> Option<&str> {
        self.0.manifest.as_deref()
    }

    /// Decides an AuthZEN evaluation request in JSON, at the time of the host's clock.
    pub fn decide_json(&self, request: &[u8]) -> Answer {
        self.decide_json_with(request, DecideOptions::default())
    }

    /// Decides an AuthZEN evaluation request in JSON.
    pub fn decide_json_with(&self, request: &[u8], options: DecideOptions) -> Answer {
        self.0.decide(request, options)
    }

    /// Decides an AuthZEN evaluation request in JSON, at the time of the host's clock. Returns the AuthZEN response.
    pub fn decide_response(&self, request: &[u8]) -> Vec<u8> {
        self.decide_response_with(request, DecideOptions::default())
    }

    /// Decides an AuthZEN evaluation request in JSON. Returns the AuthZEN response.
    pub fn decide_response_with(&self, request: &[u8], options: DecideOptions) -> Vec<u8> {
        self.0.decide(request, options)
    }

    /// Decides an AuthZEN evaluation request of the caller's own types, at the time of the host's clock.
    pub fn decide<T: Serialize + ?Sized>(&self, request: &T) -> Answer {
        self.decide_with(request, DecideOptions::default())
    }

    /// Decides an AuthZEN evaluation request of the caller's own types.
    pub fn decide_with<T: Serialize + ?Sized>(&self, request: &T, options: DecideOptions) -> Answer {
        let json = to_json(request);
        json.map_or_else(Answer::denied, |request| self.0.decide(&request, options))
    }

    /// Whether an AuthZEN evaluation request in JSON could be permitted for some value of the members that it does not have,
    /// at the time of the host's clock. Every member may be missing, except the types of subject and resource and the name
    /// of the action. The module must have been compiled with `--possible`.
    pub fn could_json(&self, request: &[u8]) -> Possibility {
        self.could_json_with(request, DecideOptions::default())
    }

    /// Like [`could_json`](Self::could_json), with options.
    pub fn could_json_with(&self, request: &[u8], options: DecideOptions) -> Possibility {
        self.0.could(request, options)
    }

    /// Like [`could_json`](Self::could_json), for a request of the caller's own types.
    pub fn could<T: Serialize + ?Sized>(&self, request: &T) -> Possibility {
        self.could_with(request, DecideOptions::default())
    }

    /// Like [`could`](Self::could), with options.
    pub fn could_with<T: Serialize + ?Sized>(&self, request: &T, options: DecideOptions) -> Possibility {
        let json = to_json(request);
        json.map_or_else(Possibility::denied, |request| self.0.could(&request, options))
    }

    /// Replaces the contents of an external table by JSON: an object by key, or with two keys an object of objects.
    /// Decisions that begin later use the new contents, also those of sessions.
    ///
    /// # Errors
    ///
    /// If there is no such table, or the contents are not valid. The table is then unchanged.
    pub fn load_table(&self, name: &str, contents: &[u8]) -> Result<(), TableError> {
        self.change_table(name, Some(contents))
    }

    /// Empties an external table: every lookup in it is unknown from then on.
    ///
    /// # Errors
    ///
    /// If there is no such table.
    pub fn drop_table(&self, name: &str) -> Result<(), TableError> {
        self.change_table(name, None)
    }

    fn change_table(&self, name: &str, contents: Option<&[u8]>) -> Result<(), TableError> {
        let _one_at_a_time = self.0.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = self.0.with_instance(|instance| {
            if !instance.exports.has_tables {
                let error = AnswerError::new(error_codes::UNKNOWN_TABLE, "no table", "an unknown table");
                return Err(Stop::Refused(error.into()));
            }
            let number = instance.find_table(name)?;
            instance.change_table(number, contents)?;
            instance.tables = self.0.tables.publish(number, contents);
            Ok(())
        });
        changed.map_err(|stop| TableError { table: name.into(), error: stop.into_error() })
    }

    /// Sessions of the policy, in an instance of their own.
    ///
    /// # Errors
    ///
    /// If the module was not compiled with sessions.
    pub fn sessions(&self) -> Result<Sessions, LoadError> {
        let instance = self.0.start(self.0.options.session_bytes)?;
        if !instance.exports.has_sessions {
            return Err(LoadError("the module does not support sessions: compile it with --sessions".to_owned()));
        }
        Ok(Sessions::new(Arc::clone(&self.0), instance))
    }
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Policy").field(&self.name()).finish()
    }
}

impl Loaded {
    /// `session_bytes`: the memory for sessions, in addition to that of each instance.
    fn start(&self, session_bytes: usize) -> Result<Instance, LoadError> {
        let LoadOptions { max_memory_bytes, table_bytes, .. } = self.options;
        let max_bytes = max_memory_bytes.saturating_add(session_bytes);
        Instance::start(&self.start, max_bytes, table_bytes.saturating_add(session_bytes))
    }

    fn decide<O: Output>(&self, request: &[u8], options: DecideOptions) -> O {
        let (now, clock) = options.for_module();
        let answer = self.with_instance(|instance| instance.decide(request, now, clock));
        answer.unwrap_or_else(|stop| O::denied(stop.into_error()))
    }

    fn could(&self, request: &[u8], options: DecideOptions) -> Possibility {
        let (now, clock) = options.for_module();
        let found = self.with_instance(|instance| instance.could(request, now, clock));
        found.unwrap_or_else(|stop| Possibility::denied(stop.into_error()))
    }

    /// Calls an instance that has the current tables.
    fn with_instance<T>(&self, call: impl FnOnce(&mut Instance) -> Result<T, Stop>) -> Result<T, Stop> {
        let start = || self.start(0).map_err(|why| Stop::failed(ENGINE_ANSWER, &why.0));
        self.pool.with(start, |instance| self.tables.update(instance).and_then(|()| call(instance)))
    }
}
