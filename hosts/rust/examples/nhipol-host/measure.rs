//! How long a decision takes: from the bytes of a request to a whole answer, and from values of Rust.

use super::counting::allocations;
use super::workload::Workload;
use nhipol::{DecideOptions, Engine};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 21;
/// What a round takes at least.
const ROUND: Duration = Duration::from_millis(50);
const WARM: Duration = Duration::from_millis(300);

pub fn run(prefix: &str, engine: Engine) -> Result<(String, bool), Box<dyn Error>> {
    let Workload { policy, requests, expected } = Workload::read(prefix, engine)?;
    let values = requests.iter().map(|request| serde_json::from_slice(request));
    let values = values.collect::<Result<Vec<serde_json::Value>, _>>()?;
    let options = DecideOptions::by_request();
    let by_json = |place: usize| policy.decide_json_with(&requests[place], options);
    let by_values = |place: usize| policy.decide_with(&values[place], options);
    for (place, expected) in expected.iter().enumerate() {
        for answer in [by_json(place), by_values(place)] {
            if answer.effect().as_str() != expected {
                let found = answer.to_authzen();
                return Err(format!("request {place}: expected {expected}, found {found}").into());
            }
        }
    }
    let count = requests.len();
    let before = allocations();
    (0..count).for_each(|place| drop(black_box(by_json(place))));
    let per_decision = (allocations() - before) as f64 / count as f64;
    let json = median(count, |place| drop(black_box(by_json(place))));
    let native = median(count, |place| drop(black_box(by_values(place))));
    let told = serde_json::json!({ "json": json, "native": native, "allocations": per_decision });
    Ok((told.to_string(), true))
}

/// Nanoseconds of one call, over all of so many.
fn median(count: usize, decide: impl Fn(usize)) -> f64 {
    round(count, &decide, WARM);
    let mut taken = (0..ROUNDS).map(|_| round(count, &decide, ROUND)).collect::<Vec<_>>();
    taken.sort_by(f64::total_cmp);
    (taken[ROUNDS / 2] * 10.0).round() / 10.0
}

fn round(count: usize, decide: &impl Fn(usize), least: Duration) -> f64 {
    let started = Instant::now();
    let mut decisions = 0;
    while started.elapsed() < least {
        (0..count).for_each(decide);
        decisions += count;
    }
    started.elapsed().as_secs_f64() * 1e9 / decisions as f64
}
