// The exports of `diff`: what a change of a policy changes.

export { diff, LogDiff } from './diff.ts';
export { diffJson } from './diff-json.ts';
export { hasSameDeclarations, isSamePolicy } from './edits.ts';
export { maskDiff } from './mask-diff.ts';
export {
  type DiffCause,
  type DiffChange,
  type DiffKind,
  type DiffSessionChange,
  type Direction,
  type Example,
  isLooser,
  isOfLasting,
  type PolicyDiff,
  type RuleAt,
  type RuleEdit,
  rankDirection,
  type SessionsDiff,
} from './policy-diff.ts';
