//! Asks Cedar's symbolic compiler the questions of `../cedar.mjs`, and prints the median time of each.

use std::time::Instant;

use cedar_policy::{PolicySet, Schema};
use cedar_policy_symcc::{solver::LocalSolver, CedarSymCompiler, CompiledPolicySet};

#[derive(Clone, Copy)]
enum Question {
    Equivalent,
    Implies,
    Disjoint,
}

const ROUNDS: usize = 11;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let schema = Schema::from_cedarschema_str(include_str!("../streaming.cedarschema"))
        .expect("the schema is valid")
        .0;
    let policies = |text: &str| text.parse::<PolicySet>().expect("the policies are valid");
    let own = policies(include_str!("../streaming.cedar"));
    let rewritten = policies(include_str!("../rewritten.cedar"));
    let looser = policies(include_str!("../looser.cedar"));
    let unfree = policies(include_str!("../unfree.cedar"));
    let solver = LocalSolver::cvc5().expect("$CVC5 is cvc5");
    let mut compiler = CedarSymCompiler::new(solver).expect("cvc5 runs");
    for (name, question, first, second) in [
        (
            "rewritten: equivalent",
            Question::Equivalent,
            &own,
            &rewritten,
        ),
        ("looser: allows more", Question::Implies, &looser, &own),
        ("looser: allows no less", Question::Implies, &own, &looser),
        (
            "a free member uses only what is free",
            Question::Disjoint,
            &own,
            &unfree,
        ),
    ] {
        let mut times = Vec::new();
        let mut holds = true;
        for _ in 0..=ROUNDS {
            let start = Instant::now();
            holds = true;
            for environment in schema.request_envs() {
                let compiled = |set: &PolicySet| {
                    CompiledPolicySet::compile(set, &environment, &schema).expect("well typed")
                };
                let (a, b) = (compiled(first), compiled(second));
                let result = match question {
                    Question::Equivalent => compiler.check_equivalent_opt(&a, &b).await,
                    Question::Implies => compiler.check_implies_opt(&a, &b).await,
                    Question::Disjoint => compiler.check_disjoint_opt(&a, &b).await,
                };
                holds &= result.expect("an answer");
            }
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        // The first round is not measured.
        let mut measured = times.split_off(1);
        measured.sort_by(f64::total_cmp);
        println!("{name}: {holds}, {:.1} ms", measured[ROUNDS / 2]);
    }
}
