//! What callers may choose: of a policy when it is loaded, and of each decision.

use crate::engine::Engine;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The furthest instant from the epoch that a clock can show, in milliseconds.
const FURTHEST: i64 = 8_640_000_000_000_000;

/// Of a policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoadOptions {
    /// What runs the module; Wasmtime, where the crate has it.
    pub engine: Engine,
    /// Bytes of memory that external tables may take in all; 64 MiB unless told.
    pub table_bytes: usize,
    /// Bytes of memory that one instance may take in all; 128 MiB unless told. Instances for sessions take as many more
    /// as sessions may.
    pub max_memory_bytes: usize,
    /// How many instances there are at most, and so how many requests are decided at once; twice as many as the machine
    /// has processors unless told. They are made when they are needed.
    pub max_instances: usize,
    /// How long a call of the module may take, its start included; default: `None`, as long as it likes. A call that takes
    /// longer is a deny with `engine_error`, and the module is a [`LoadError`](crate::LoadError) if it is its start. For
    /// modules from a source that is not trusted: those that nhipol compiled always end.
    ///
    /// Wasmtime stops a call up to 20 ms after the deadline, by a thread that is started with the first such policy and
    /// wakes up every 10 ms. Wasmi has no clock: it counts instructions, 1000 for each microsecond, and stops later on
    /// most machines, but never earlier by chance.
    pub deadline: Option<Duration>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, Into::into);
        Self {
            engine: Engine::default(),
            table_bytes: 64 << 20,
            max_memory_bytes: 128 << 20,
            max_instances: 2 * processors,
            deadline: None,
        }
    }
}

/// Of a decision: the instant of evaluation, and who tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecideOptions {
    /// Milliseconds since the epoch; `None`: the host's clock, or with [`Clock::Request`] none.
    pub now: Option<i64>,
    pub clock: Clock,
}

/// Whose time counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The request's own `context.time` is not looked at: a caller that could choose the time could walk into a window.
    #[default]
    Host,
    /// The request's own `context.time`, and `now` where it has none.
    Request,
}

impl DecideOptions {
    /// By an instant in milliseconds since the epoch.
    #[must_use]
    pub fn at(now: i64) -> Self {
        Self { now: Some(now), clock: Clock::Host }
    }

    /// By the request's own time.
    #[must_use]
    pub fn by_request() -> Self {
        Self { now: None, clock: Clock::Request }
    }

    /// As a module takes it; `None`: it is no instant.
    pub(crate) fn for_module(self) -> Option<(f64, i32)> {
        Some(match self {
            Self { now: None, clock: Clock::Request } => (f64::NAN, 1),
            Self { now, clock: Clock::Request } => (instant(now)?, 1),
            Self { now, clock: Clock::Host } => (instant(now)?, 0),
        })
    }
}

/// An instant as a module takes it; of the host's clock, if there is none. `None`: no clock can show it.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn instant(now: Option<i64>) -> Option<f64> {
    let now = now.unwrap_or_else(host_now);
    (-FURTHEST..=FURTHEST).contains(&now).then_some(now as f64)
}

fn host_now() -> i64 {
    let milliseconds = |since: std::time::Duration| i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => milliseconds(since),
        Err(before) => -milliseconds(before.duration()),
    }
}
