// A timeline as JSON for programs. Members may be added while `format` stays the same; docs/simulate.md describes
// them.

import { formatInstant } from '@nhipol/language/types';
import { stringify, toAuthZen } from '@nhipol/runtime';
import type { Happening, HappeningCause, Lane, Timeline } from './timeline.ts';

/** `name`, `version`: of the policy. */
export function printTimelineJson({
  name,
  version,
  timeline,
}: {
  readonly name: string;
  readonly version: string;
  readonly timeline: Timeline;
}): string {
  const { from, until, lanes, happenings, ahead } = timeline;
  const json = {
    format: 'nhipol-timeline/1',
    policy: { name, version },
    from: formatInstant(from),
    until: formatInstant(until),
    sessions: lanes.map(buildLaneJson),
    happenings: happenings.map(buildHappeningJson),
    ahead: ahead.map(buildHappeningJson),
  };
  return `${stringify(json, 2)}\n`;
}

function buildLaneJson({ id, end, decisions, spans }: Lane) {
  return {
    id,
    end,
    decisions,
    spans: spans.map(({ effect, from, to }) => ({
      effect: effect ?? null,
      from: formatInstant(from),
      to: formatInstant(to),
    })),
  };
}

function buildHappeningJson({
  instant: at,
  session,
  line,
  cause,
  before,
  answer,
  isOther,
}: Happening) {
  return {
    at: formatInstant(at),
    session,
    line: line ?? null,
    cause: buildCauseJson(cause),
    before: before?.effect ?? null,
    changed: isOther,
    response: answer === undefined ? null : toAuthZen(answer),
  };
}

function buildCauseJson(cause: HappeningCause) {
  if (cause.kind !== 'signal') return cause;
  const { time, ...others } = cause;
  return time === undefined ? others : { ...others, time: formatInstant(time) };
}
