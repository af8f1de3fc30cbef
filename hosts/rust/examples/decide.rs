//! Decides requests of the program's own types: `cargo run --example decide`.

use nhipol::{Effect, Policy};
use serde::Serialize;

#[derive(Serialize)]
struct Request<'a> {
    subject: Subject<'a>,
    action: Action<'a>,
    resource: Resource<'a>,
    context: Context,
}

#[derive(Serialize)]
struct Subject<'a> {
    r#type: &'a str,
    id: &'a str,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Properties<'a> {
    scopes: &'a [&'a str],
}

#[derive(Serialize)]
struct Action<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Resource<'a> {
    r#type: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct Context {
    risk: i64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tool.wasm");
    let policy = Policy::load(&std::fs::read(path)?)?;
    for risk in [12, 80] {
        let request = Request {
            subject: Subject { r#type: "agent", id: "a-1", properties: Properties { scopes: &["search"] } },
            action: Action { name: "tool.invoke" },
            resource: Resource { r#type: "tool", id: "search" },
            context: Context { risk },
        };
        let answer = policy.decide(&request);
        match answer.effect() {
            Effect::Permit => println!("permitted: {}", answer.reasons.join(", ")),
            _ => println!("{}", answer.to_json()),
        }
    }
    Ok(())
}
