//! A module, requests and the expected effect of each.

use nhipol::{Engine, LoadOptions, Policy};
use std::error::Error;
use std::fs::{read, read_to_string};

pub struct Workload {
    pub policy: Policy,
    pub requests: Vec<Vec<u8>>,
    pub expected: Vec<String>,
}

impl Workload {
    pub fn read(prefix: &str, engine: Engine) -> Result<Self, Box<dyn Error>> {
        let mut options = LoadOptions::default();
        options.engine = engine;
        let policy = Policy::load_with(&read(format!("{prefix}.wasm"))?, options)?;
        let requests = read_to_string(format!("{prefix}.jsonl"))?;
        let requests = requests.lines().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>();
        let expected = read_to_string(format!("{prefix}.effects"))?;
        let expected = expected.lines().map(str::to_owned).collect::<Vec<_>>();
        if requests.len() != expected.len() || requests.is_empty() {
            return Err(format!("{} requests and {} effects", requests.len(), expected.len()).into());
        }
        Ok(Self { policy, requests, expected })
    }
}
