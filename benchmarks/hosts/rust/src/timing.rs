//! Times engines in interleaved rounds, so that a temporary slowdown of the machine affects all of them. A slow
//! engine decides fewer requests in a round, spread over all of them.

use super::workload::Workload;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;
/// The minimum duration of a round.
const ROUND: Duration = Duration::from_millis(20);
/// The duration of the warm-up.
const WARM: Duration = Duration::from_millis(150);
const MIN_REQUESTS: usize = 8;

pub trait Engine {
    fn name(&self) -> &'static str;

    /// Returns true if an AuthZEN request in JSON is permitted.
    fn decide(&mut self, request: &[u8]) -> Result<bool, Box<dyn Error>>;
}

/// The nanoseconds per decision, over all rounds.
pub struct Times {
    pub median: f64,
    pub min: f64,
    pub lower: f64,
    pub upper: f64,
    pub rounds: usize,
}

/// Returns the times in the order of the engines.
pub fn time(engines: &mut [Box<dyn Engine>], workload: &Workload) -> Vec<Times> {
    let requests = &workload.requests;
    let mut steps = Vec::new();
    for engine in engines.iter_mut() {
        let once = round(engine.as_mut(), requests, requests.len().div_ceil(MIN_REQUESTS), Duration::ZERO);
        let fitting = (ROUND.as_secs_f64() * 1e9 / once) as usize;
        steps.push((requests.len() / fitting.clamp(MIN_REQUESTS, requests.len())).max(1));
        round(engine.as_mut(), requests, 1, WARM.min(Duration::from_nanos((once * 1e5) as u64)));
    }
    let mut taken = vec![Vec::new(); engines.len()];
    for _ in 0..ROUNDS {
        for (place, engine) in engines.iter_mut().enumerate() {
            taken[place].push(round(engine.as_mut(), requests, steps[place], ROUND));
        }
    }
    taken.into_iter().map(summary).collect()
}

/// Decides every `step`th request, repeatedly until the minimum duration has passed.
fn round(engine: &mut dyn Engine, requests: &[Vec<u8>], step: usize, min: Duration) -> f64 {
    let started = Instant::now();
    let mut decisions = 0_usize;
    loop {
        for request in requests.iter().step_by(step) {
            let _ = black_box(engine.decide(black_box(request)));
            decisions += 1;
        }
        if started.elapsed() >= min {
            return started.elapsed().as_secs_f64() * 1e9 / decisions as f64;
        }
    }
}

fn summary(mut taken: Vec<f64>) -> Times {
    taken.sort_by(f64::total_cmp);
    let at = |part: f64| (taken[((taken.len() - 1) as f64 * part).round() as usize] * 10.0).round() / 10.0;
    Times { median: at(0.5), min: at(0.0), lower: at(0.25), upper: at(0.75), rounds: taken.len() }
}
