// The exports of attacks on proofs: requests and sessions that contradict what is proved.

export {
  contradictionOf,
  findContradictedDifference,
  findContradictedRule,
  isLooseningFound,
} from './contradicted-difference.ts';
export { contradictionIn } from './contradicted-search.ts';
export { type Contradiction, contradictionSteps, findContradiction } from './contradiction.ts';
