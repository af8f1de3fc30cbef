// The exports of replay: decision logs, and what a policy decides about their requests.

export { type Contradiction, findLogContradiction, listContradictions } from './contradictions.ts';
export {
  isRequested,
  listRecordedRequests,
  type NotReplayed,
  sessionInputs,
} from './decision-inputs.ts';
export {
  type DecisionLogEntry,
  isOfDecisionLog,
  type MemberPath,
  type RecordedDecision,
  readDecisionLogLine,
} from './decision-log.ts';
export { comparingHost, evaluatorHost, type Host, HostsDisagree } from './host.ts';
export { jsonValue, type LineFault, parseLineJson } from './line-json.ts';
export { type ReplayLine, readLogLine } from './log-line.ts';
export { maskTimeline, maskTimelineOfModule } from './mask-timeline.ts';
export { moduleHost } from './module-host.ts';
export { type Replayed, replay } from './replay.ts';
export {
  type EffectSpan,
  type Happening,
  type HappeningCause,
  type Lane,
  selectSessions,
  type Timeline,
} from './timeline.ts';
export { timelineJson } from './timeline-json.ts';
