use nhipol::Policy;
use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let policy = Policy::load(&fs::read("policy.wasm")?)?;
    for request in fs::read_to_string("requests.jsonl")?.lines() {
        let answer = policy.decide_json(request.as_bytes());
        println!("{} {}", answer.effect(), answer.reasons.join(" "));
    }
    Ok(())
}
