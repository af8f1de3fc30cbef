//! Compares the Rust host of nhipol with other policy engines in Rust, from the same JSON bytes to the decision. The
//! arguments are a folder and names of workloads, as `write-workloads.mjs` writes them. It prints a line of JSON for
//! each workload and engine. All engines must decide as expected before any is timed; otherwise the program exits with
//! 1.

mod by_cedar;
mod by_nhipol;
mod by_regorus;
mod timing;
mod workload;

use std::error::Error;
use std::process::ExitCode;
use timing::{Engine, time};
use workload::Workload;

fn main() -> ExitCode {
    let words = std::env::args().skip(1).collect::<Vec<_>>();
    let Some((folder, names)) = words.split_first().filter(|(_, names)| !names.is_empty()) else {
        eprintln!("nhipol-peers FOLDER WORKLOAD...");
        return ExitCode::from(2);
    };
    for name in names {
        if let Err(why) = measure(folder, name) {
            eprintln!("{name}: {why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(folder: &str, name: &str) -> Result<(), Box<dyn Error>> {
    let workload = Workload::read(folder, name)?;
    let mut engines: Vec<Box<dyn Engine>> = vec![
        Box::new(by_nhipol::Nhipol::prepare(&workload)?),
        Box::new(by_cedar::Cedar::prepare(&workload)?),
        Box::new(by_regorus::Interpreted::prepare(&workload)?),
        Box::new(by_regorus::Compiled::prepare(&workload)?),
    ];
    for engine in &mut engines {
        check(engine.as_mut(), &workload)?;
    }
    let times = time(&mut engines, &workload);
    for (engine, times) in engines.iter().zip(times) {
        let told = serde_json::json!({
            "language": "rust",
            "workload": name,
            "engine": engine.name(),
            "ns": times.median,
            "min": times.min,
            "lower": times.lower,
            "upper": times.upper,
            "rounds": times.rounds,
            "checked": workload.requests.len(),
        });
        println!("{told}");
    }
    Ok(())
}

fn check(engine: &mut dyn Engine, workload: &Workload) -> Result<(), Box<dyn Error>> {
    for (place, (request, expected)) in workload.requests.iter().zip(&workload.permits).enumerate() {
        let name = engine.name();
        let given = engine.decide(request).map_err(|why| format!("{name}, request {place}: {why}"))?;
        if given != *expected {
            let request = String::from_utf8_lossy(request);
            return Err(format!("{name}, request {place}: expected {expected}, found {given}: {request}").into());
        }
    }
    eprintln!("{}: {} decides all {} as expected", workload.name, engine.name(), workload.requests.len());
    Ok(())
}
