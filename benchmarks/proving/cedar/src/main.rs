//! Asks Cedar's symbolic compiler the questions of `../cedar.mjs`, and prints the median time of each.

use std::{fs, path::Path, time::Instant};

use cedar_policy::{PolicySet, Schema};
use cedar_policy_symcc::{solver::LocalSolver, CedarSymCompiler, CompiledPolicySet};

#[derive(Clone, Copy)]
enum Question {
    Equivalent,
    Implies,
    Disjoint,
}

const ROUNDS: usize = 11;
const EXAMPLES: [&str; 3] = ["streaming", "tags", "documents"];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let solver = LocalSolver::cvc5().expect("$CVC5 is cvc5");
    let mut compiler = CedarSymCompiler::new(solver).expect("cvc5 runs");
    for example in EXAMPLES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(example);
        let text = |name: &str| fs::read_to_string(folder.join(name)).expect("the file exists");
        let schema = Schema::from_cedarschema_str(&text("schema.cedarschema"))
            .expect("the schema is valid")
            .0;
        let policies = |name: &str| {
            let text = text(&format!("{name}.cedar"));
            text.parse::<PolicySet>().expect("the policies are valid")
        };
        let own = policies("own");
        let rewritten = policies("rewritten");
        let looser = policies("looser");
        let excluded = policies("excluded");
        for (name, question, first, second) in [
            (
                "rewritten: equivalent",
                Question::Equivalent,
                &own,
                &rewritten,
            ),
            ("looser: allows nothing further", Question::Implies, &looser, &own),
            ("looser: allows as much", Question::Implies, &own, &looser),
            ("its claims hold", Question::Disjoint, &own, &excluded),
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
            println!(
                "{example}, {name}: {holds}, {:.1} ms",
                measured[ROUNDS / 2]
            );
        }
    }
}
