//! Regorus, an engine for Rego: as an interpreter of the syntax tree, and as a virtual machine for compiled policies.

use super::timing::Engine;
use super::workload::Workload;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{CompiledPolicy, Value};
use std::error::Error;

const ENTRY: &str = "data.bench.allow";

pub struct Interpreted(CompiledPolicy);

impl Interpreted {
    pub fn prepare(workload: &Workload) -> Result<Self, Box<dyn Error>> {
        Ok(Self(policy(workload)?.0))
    }
}

impl Engine for Interpreted {
    fn name(&self) -> &'static str {
        "regorus"
    }

    fn decide(&mut self, request: &[u8]) -> Result<bool, Box<dyn Error>> {
        Ok(self.0.eval_with_input(input(request)?)? == Value::from(true))
    }
}

pub struct Compiled(RegoVM);

impl Compiled {
    pub fn prepare(workload: &Workload) -> Result<Self, Box<dyn Error>> {
        let (policy, data) = policy(workload)?;
        let program = Compiler::compile_from_policy(&policy, &[ENTRY])?;
        let mut machine = RegoVM::new_with_policy(policy);
        machine.load_program(program);
        machine.set_data(data)?;
        Ok(Self(machine))
    }
}

impl Engine for Compiled {
    fn name(&self) -> &'static str {
        "regorus rvm"
    }

    fn decide(&mut self, request: &[u8]) -> Result<bool, Box<dyn Error>> {
        self.0.set_input(input(request)?);
        Ok(self.0.execute_entry_point_by_index(0)? == Value::from(true))
    }
}

fn policy(workload: &Workload) -> Result<(CompiledPolicy, Value), Box<dyn Error>> {
    let data = match workload.optional("data.json") {
        Some(data) => Value::from_json_str(&data)?,
        None => Value::new_object(),
    };
    let mut engine = regorus::Engine::new();
    engine.add_policy(format!("{}.rego", workload.name), workload.text("rego")?)?;
    engine.add_data(data.clone())?;
    Ok((engine.compile_with_entrypoint(&ENTRY.into())?, data))
}

fn input(request: &[u8]) -> Result<Value, Box<dyn Error>> {
    Ok(Value::from_json_str(std::str::from_utf8(request)?)?)
}
