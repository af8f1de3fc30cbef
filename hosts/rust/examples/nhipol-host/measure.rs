//! The duration of a decision: from the bytes of a request to an answer with its reasons, to the bytes of a response, and
//! from values of Rust.

use super::counting::allocations;
use super::workload::Workload;
use nhipol::{Answer, DecideOptions, Engine};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 21;
/// The minimum duration of a round.
const ROUND: Duration = Duration::from_millis(50);
const WARM_UP: Duration = Duration::from_millis(300);

pub fn run(prefix: &str, engine: Engine) -> Result<(String, bool), Box<dyn Error>> {
    let Workload { policy, requests, expected } = Workload::read(prefix, engine)?;
    let values = requests.iter().map(|request| serde_json::from_slice(request));
    let values = values.collect::<Result<Vec<serde_json::Value>, _>>()?;
    let options = DecideOptions::by_request();
    let by_json = |place: usize| policy.decide_json_with(&requests[place], options);
    let by_values = |place: usize| policy.decide_with(&values[place], options);
    let response = |place: usize| policy.decide_response_with(&requests[place], options);
    for (place, expected) in expected.iter().enumerate() {
        for answer in [by_json(place), by_values(place)] {
            if answer.effect().as_str() != expected {
                let found = answer.to_json();
                return Err(format!("request {place}: expected {expected}, found {found}").into());
            }
        }
    }
    let count = requests.len();
    let before = allocations();
    (0..count).for_each(|place| read(&by_json(place)));
    let per_decision = (allocations() - before) as f64 / count as f64;
    let json = median(count, |place| read(&by_json(place)));
    let native = median(count, |place| read(&by_values(place)));
    let response = median(count, |place| drop(black_box(response(place))));
    let result =
        serde_json::json!({ "json": json, "native": native, "response": response, "allocations": per_decision });
    Ok((result.to_string(), true))
}

/// Reads what is parsed on demand.
fn read(answer: &Answer) {
    black_box(&answer.reasons);
}

/// Nanoseconds of one call, over all requests.
fn median(count: usize, decide: impl Fn(usize)) -> f64 {
    round(count, &decide, WARM_UP);
    let mut durations = (0..ROUNDS).map(|_| round(count, &decide, ROUND)).collect::<Vec<_>>();
    durations.sort_by(f64::total_cmp);
    (durations[ROUNDS / 2] * 10.0).round() / 10.0
}

fn round(count: usize, decide: &impl Fn(usize), min: Duration) -> f64 {
    let started = Instant::now();
    let mut decisions = 0;
    while started.elapsed() < min {
        (0..count).for_each(decide);
        decisions += count;
    }
    started.elapsed().as_secs_f64() * 1e9 / decisions as f64
}
