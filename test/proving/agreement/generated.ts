// Compares generated policies with their formulas, and counts the constructs of the language that they have.

import {
  collectExprs,
  listRuleExprs,
  listScoreExprs,
  type PolicyModel,
} from '@nhipol/language/model';
import { smtLib } from '@nhipol/proving';
import { effects } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { solve } from '../../../assurance/proving/solver/solve.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { checkPolicy } from '../../support/checking.ts';
import {
  listExpressions,
  listMemberForms,
  listSyntax,
  listVariants,
} from '../../support/constructs/in-use.ts';
import {
  type Compared,
  compareModels,
  compareRequests,
  compareSessions,
  createPolicyProver,
} from './compare.ts';

export interface GeneratedOptions {
  readonly seed: number;
  /** The first policy of the seed, and the number of policies. */
  readonly from: number;
  readonly count: number;
  /** Requests and sessions for each policy. */
  readonly requests: number;
  readonly sessions: number;
  /** Decides a script of SMT-LIB; `undefined` if scripts are not compared. */
  readonly decide?: (script: string) => string;
  readonly report: (done: number, totals: Totals) => void;
}

export interface Totals {
  models: number;
  requests: number;
  sessions: number;
  /** The values that were compared. */
  values: number;
  /** The queries that another solver decided as well. */
  scripts: number;
  readonly differences: string[];
  /** The number of policies with each construct. */
  readonly constructs: Map<string, number>;
}

export function compareGenerated(options: GeneratedOptions): Totals {
  const { seed, from, count } = options;
  const totals: Totals = {
    models: 0,
    requests: 0,
    sessions: 0,
    values: 0,
    scripts: 0,
    differences: [],
    constructs: new Map(),
  };
  const made = fc.sample(programs, { numRuns: from + count, seed }).slice(from);
  for (const [index, { text, others }] of made.entries()) {
    const policy = checkPolicy(text, others);
    for (const each of listConstructs(policy, [text, ...Object.values(others)]))
      totals.constructs.set(each, (totals.constructs.get(each) ?? 0) + 1);
    const add = (direction: 'models' | 'requests' | 'sessions', compared: Compared) => {
      totals[direction] += compared.count;
      totals.values += compared.literals;
      for (const each of compared.differences)
        totals.differences.push(`policy ${from + index}, ${direction}: ${each}`);
    };
    add('models', compareModels(policy, 1, seed));
    add('requests', compareRequests(policy, options.requests, seed));
    add('sessions', compareSessions(policy, options.sessions, seed));
    if (options.decide !== undefined) compareScripts(policy, options.decide, totals, from + index);
    options.report(index + 1, totals);
  }
  return totals;
}

/** For each effect, whether it is possible outside of sessions. */
function compareScripts(
  policy: PolicyModel,
  decide: (script: string) => string,
  totals: Totals,
  index: number,
): void {
  const prover = createPolicyProver(policy);
  const [decision] = prover.decisions;
  for (const effect of effects) {
    const roots = prover.listRoots(decision?.has(effect) ?? 1, { inSessions: false, years: [] });
    const { kind } = solve(prover.formula, roots, { effort: 20_000 });
    if (kind === 'undecided') continue;
    const found = decide(smtLib(prover.formula, roots, `policy ${index}: ${effect}`));
    totals.scripts += 1;
    if (found !== (kind === 'satisfiable' ? 'sat' : 'unsat'))
      totals.differences.push(`policy ${index}, ${effect}: ${kind}, but ${found}`);
  }
}

/** The names of the constructs of a policy. */
export function listConstructs(policy: PolicyModel, texts: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const each of [listExpressions([policy]), listVariants([policy]), listMemberForms([policy])])
    for (const name of each) found.add(name);
  for (const name of listSyntax(texts)) found.add(name);
  const exprs = collectExprs([
    ...policy.rules.flatMap(listRuleExprs),
    ...policy.scores.flatMap(listScoreExprs),
  ]);
  for (const expr of exprs) {
    if (expr.kind === 'History') found.add(`history ${expr.term.form}`);
    if (expr.kind === 'Lookup') found.add(expr.table.external ? 'external table' : 'table');
  }
  return found;
}
