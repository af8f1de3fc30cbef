// The exports of replay: decision logs, and what a policy decides about their requests.

export { type Contradiction, contradictionOf, contradictionsIn } from './contradictions.ts';
export {
  isRequested,
  type NotReplayed,
  recordedRequests,
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
export { jsonIn, jsonValue, type LineFault } from './line-json.ts';
export { type LogLine, readLogLine } from './log-line.ts';
export { maskTimeline, maskTimelineOfModule } from './mask-timeline.ts';
export { moduleHost } from './module-host.ts';
export { type Replayed, replay } from './replay.ts';
export {
  type Cause,
  type Happening,
  type Lane,
  only,
  type Span,
  type Timeline,
} from './timeline.ts';
export { timelineJson } from './timeline-json.ts';
