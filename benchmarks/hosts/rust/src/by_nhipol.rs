//! nhipol, on Wasmtime. It uses the time of the request, as the other engines do.

use super::timing::Engine;
use super::workload::Workload;
use nhipol::{DecideOptions, Policy};
use std::error::Error;

pub struct Nhipol(Policy);

impl Nhipol {
    pub fn prepare(workload: &Workload) -> Result<Self, Box<dyn Error>> {
        Ok(Self(Policy::load(&workload.bytes("wasm")?)?))
    }
}

impl Engine for Nhipol {
    fn name(&self) -> &'static str {
        "nhipol"
    }

    fn decide(&mut self, request: &[u8]) -> Result<bool, Box<dyn Error>> {
        let answer = self.0.decide_json_with(request, DecideOptions::by_request());
        match &answer.error {
            Some(error) => Err(error.clone().into()),
            None => Ok(answer.decision()),
        }
    }
}
