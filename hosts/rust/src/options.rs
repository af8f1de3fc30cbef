//! Options of a policy when it is loaded, and of each decision.

use crate::contract;
use crate::engine::Engine;
use crate::time::milliseconds;
use std::time::{Duration, SystemTime};

/// Options of a policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadOptions {
    /// The engine that runs the module; default: Wasmtime, if it is built in.
    pub engine: Engine,
    /// Total memory for external tables, in bytes; default: 64 MiB.
    pub table_bytes: usize,
    /// Total memory for the sessions of one [`Sessions`](crate::Sessions), in bytes; default: 1 GiB.
    pub session_bytes: usize,
    /// Total memory of one instance, in bytes; default: 128 MiB. An instance for sessions may use `session_bytes` in
    /// addition.
    pub max_memory_bytes: usize,
    /// Maximum number of instances, and so of concurrent decisions; others wait. Default: twice the number of
    /// processors. Instances are created when they are needed.
    pub max_instances: usize,
    /// Maximum duration of each call of the module, including its start; default: `None`, unlimited. A call that takes
    /// longer is stopped and denied with `engine_error`; if it is the start, the module is a
    /// [`LoadError`](crate::LoadError). This is for modules that you do not trust: those that nhipol compiles always
    /// return.
    ///
    /// Wasmtime stops a call up to 20 ms after the deadline, by a thread that is started with the first such policy and
    /// wakes up every 10 ms. Wasmi has no clock: it counts instructions, 1000 for each microsecond, and stops later than
    /// the deadline on most machines.
    pub deadline: Option<Duration>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, Into::into);
        Self {
            engine: Engine::default(),
            table_bytes: 64 << 20,
            session_bytes: 1 << 30,
            max_memory_bytes: 128 << 20,
            max_instances: 2 * processors,
            deadline: None,
        }
    }
}

/// Options of a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecideOptions {
    /// `None`: the clock of the host, or with [`Clock::Request`] none.
    pub now: Option<SystemTime>,
    pub clock: Clock,
}

/// The source of the instant of evaluation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// `now`. The `context.time` of the request is ignored: a caller that could choose the time could choose one inside
    /// a window.
    #[default]
    Host,
    /// The `context.time` of the request, and `now` if it has none.
    Request,
}

impl DecideOptions {
    /// Evaluates at this instant.
    pub fn at(now: SystemTime) -> Self {
        Self { now: Some(now), clock: Clock::Host }
    }

    /// Evaluates at the instant of the request itself.
    pub fn by_request() -> Self {
        Self { now: None, clock: Clock::Request }
    }

    /// `now` and `clock` of a call of the module.
    pub(crate) fn for_module(self) -> (f64, u32) {
        let clock = if self.clock == Clock::Host { contract::CLOCK_HOST } else { contract::CLOCK_REQUEST };
        let is_none = self.now.is_none() && self.clock == Clock::Request;
        (if is_none { f64::NAN } else { milliseconds(self.now) }, clock)
    }
}
