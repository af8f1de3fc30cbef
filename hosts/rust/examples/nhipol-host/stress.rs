//! Many decisions by threads that share a policy: whether each is as expected, and whether the memory grows.

use super::workload::Workload;
use nhipol::{DecideOptions, Engine};
use std::error::Error;
use std::fs::read_to_string;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

pub fn run(prefix: &str, engine: Engine, decisions: &str, threads: &str) -> Result<(String, bool), Box<dyn Error>> {
    let (decisions, threads) = (decisions.parse::<usize>()?, threads.parse::<usize>()?.max(1));
    let workload = Workload::read(prefix, engine)?;
    let first = decisions / 10;
    let disagreements = decide(&workload, first, threads);
    let after_warm_up = resident_bytes()?;
    eprintln!("{first} decisions, {after_warm_up} bytes");
    let disagreements = disagreements + decide(&workload, decisions - first, threads);
    let result = serde_json::json!({
        "decisions": decisions,
        "threads": threads,
        "disagreements": disagreements,
        "memory": [after_warm_up, resident_bytes()?],
    });
    Ok((result.to_string(), disagreements == 0))
}

/// Returns the number of decisions that are not as expected.
fn decide(workload: &Workload, decisions: usize, threads: usize) -> usize {
    let disagreements = AtomicUsize::new(0);
    thread::scope(|scope| {
        for thread in 0..threads {
            let disagreements = &disagreements;
            scope.spawn(move || {
                for number in (thread..decisions).step_by(threads) {
                    // Threads are at different requests.
                    let place = (number / threads + thread * 7) % workload.requests.len();
                    let options = DecideOptions::by_request();
                    let answer = workload.policy.decide_json_with(&workload.requests[place], options);
                    if answer.effect().as_str() != workload.expected[place] {
                        disagreements.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    disagreements.into_inner()
}

/// The memory of the process; 0 on a system without `/proc`.
fn resident_bytes() -> Result<u64, Box<dyn Error>> {
    let Ok(status) = read_to_string("/proc/self/status") else {
        return Ok(0);
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}
