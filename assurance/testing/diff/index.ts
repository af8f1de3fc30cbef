// The exports of `diff`: what a change of a policy changes.

export { diff, LogDiff } from './diff.ts';
export { diffJson } from './diff-json.ts';
export { hasSameDeclarations, isSamePolicy } from './edits.ts';
export { maskDiff } from './mask-diff.ts';
export {
  type Cause,
  type Change,
  type Direction,
  type Edit,
  type Example,
  isLooser,
  isOfLasting,
  type Kind,
  type PolicyDiff,
  type RuleAt,
  rankOf,
  type SessionChange,
  type SessionsDiff,
} from './policy-diff.ts';
