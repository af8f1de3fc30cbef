// The exports of replay: decision logs, and what a policy decides about their requests.

export { type Contradiction, findLogContradiction, listContradictions } from './contradictions.ts';
export {
  isRequested,
  listRecordedRequests,
  listSessionInputs,
  type NotReplayed,
} from './decision-inputs.ts';
export {
  type DecisionLogEntry,
  isOfDecisionLog,
  type MemberPath,
  type RecordedDecision,
  readDecisionLogLine,
} from './decision-log.ts';
export { createComparingHost, createEvaluatorHost, type Host, HostsDisagree } from './host.ts';
export { type LineFault, parseLineJson, readJsonValue } from './line-json.ts';
export { type ReplayLine, readLogLine } from './log-line.ts';
export { maskTimeline, maskTimelineOfModule } from './mask-timeline.ts';
export { createModuleHost } from './module-host.ts';
export { type Replayed, replay } from './replay.ts';
export {
  type EffectSpan,
  type Happening,
  type HappeningCause,
  type Lane,
  selectSessions,
  type Timeline,
} from './timeline.ts';
export { printTimelineJson } from './timeline-json.ts';
