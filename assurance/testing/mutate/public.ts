// Entry point `nhipol/testing/mutation`: mutants of a policy, and whether its tests detect them.

export { operators as mutationOperators } from './operators/index.ts';
export { scoreOf, type Tally, tallyOf } from './score.ts';
export { MutationTrial, type Outcome } from './trial.ts';
