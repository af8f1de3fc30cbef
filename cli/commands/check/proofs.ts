// Adds proofs to the diagnostics of `nhipol check`: rules without effect, and for each warning about a missing member
// whether its absence can loosen an answer.

import type { Diagnostic, Related } from '@nhipol/language';
import { findSourcePlace, type PolicyModel } from '@nhipol/language/model';
import { displayText } from '@nhipol/language/support';
import {
  type ClaimVerdict,
  createMissingDataSet,
  type DecidedRules,
  decideRules,
  isProvedEverywhere,
  proveClaim,
  type SymbolicDecision,
} from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { findContradictedRule, findContradiction } from '@nhipol/testing/proofs';
import type { Console } from '../../io/console.ts';
import { refuseContradiction } from '../../output/contradiction.ts';
import { checkWithSolver, type NamedVerdict } from '../../output/cross-check.ts';

const createOptions = () => ({ random: createRandomNumbers(1) });

interface Proofs {
  /** The diagnostics, those about missing members with what is proved about these. */
  readonly diagnostics: readonly Diagnostic[];
  /** A line for each rule that is proved to have no effect. */
  readonly lines: readonly string[];
  /** Decides the proofs that a rule has no effect with an SMT solver. */
  readonly crossCheck: (solver: string, console: Console) => Promise<void>;
}

/** Proves what it can about policies and their diagnostics. Throws if the evaluator contradicts a proof. */
export async function provePolicies(
  policies: readonly PolicyModel[],
  reported: readonly Diagnostic[],
): Promise<Proofs> {
  const { diagnostics, verdicts } = withProofs(policies, reported);
  const decidedRules = policies.map((policy) => decideRules(policy, createOptions()));
  for (const rules of decidedRules) {
    const policy = getDecidedPolicy(rules);
    const contradiction =
      findContradiction(policy, verdicts.get(policy) ?? []) ??
      findContradictedRule(policy, rules.unreachable);
    await refuseContradiction(policy.span.file, policy, contradiction);
  }
  return {
    diagnostics,
    lines: decidedRules.flatMap(formatUnreachable),
    crossCheck: (solver, console) =>
      checkWithSolver(solver, decidedRules.flatMap(listRuleVerdicts), console),
  };
}

function getDecidedPolicy({ prover }: DecidedRules): PolicyModel {
  const [{ policy }] = prover.decisions as readonly [SymbolicDecision];
  return policy;
}

function formatUnreachable(rules: DecidedRules): readonly string[] {
  const policy = getDecidedPolicy(rules);
  return rules.unreachable.map(({ rule, kind }) => {
    const { file, line, column } = findSourcePlace(policy, rule.span);
    const why =
      kind === 'always'
        ? 'has a condition that is true for every request in its scope'
        : rule.effect === 'permit'
          ? 'never fires'
          : 'is never a reason of an answer';
    return displayText(`${file}:${line}:${column}: \`${rule.id}\` ${why} (proved)`);
  });
}

/** The verdicts about rules without effect. */
function listRuleVerdicts({ prover, unreachable }: DecidedRules): readonly NamedVerdict[] {
  return unreachable.map(({ rule, goal }) => ({
    name: rule.id,
    prover,
    goal,
    verdict: { kind: 'proved' },
  }));
}

/** The diagnostics, those about missing members with what is proved about these, and the verdicts. */
function withProofs(
  policies: readonly PolicyModel[],
  diagnostics: readonly Diagnostic[],
): {
  readonly diagnostics: readonly Diagnostic[];
  readonly verdicts: ReadonlyMap<PolicyModel, readonly ClaimVerdict[]>;
} {
  const verdicts = new Map<PolicyModel, ClaimVerdict[]>();
  const proved = new Map<Diagnostic, string>();
  for (const policy of policies) {
    const files = new Set(policy.sources.map(({ path }) => path));
    const invariantDiagnostics = diagnostics.filter(
      ({ member, span }) => member !== undefined && files.has(span.file),
    );
    if (invariantDiagnostics.length === 0) continue;
    const set = createMissingDataSet(policy, createOptions());
    for (const diagnostic of invariantDiagnostics) {
      const claim = set.members.get(diagnostic.member ?? '');
      if (claim === undefined) continue;
      const decidedClaimVerdict = proveClaim(set, claim);
      verdicts.set(policy, [...(verdicts.get(policy) ?? []), decidedClaimVerdict]);
      const { verdict } = decidedClaimVerdict;
      if (isProvedEverywhere(verdict) && !proved.has(diagnostic))
        proved.set(diagnostic, 'no answer is looser without it');
      if (verdict.kind !== 'refuted') continue;
      const [before, after] = verdict.confirmation.answers;
      proved.set(
        diagnostic,
        `a request gets \`${before?.effect}\` with it, \`${after?.effect}\` without`,
      );
    }
  }
  const shown = diagnostics.map((diagnostic) => {
    const words = proved.get(diagnostic);
    if (words === undefined) return diagnostic;
    const related: Related = { span: diagnostic.span, message: `proved: ${words}` };
    return { ...diagnostic, related: [...diagnostic.related, related] };
  });
  return { diagnostics: shown, verdicts };
}
