// The difference between two versions of a policy as JSON for programs. Members may be added while `format` stays
// the same; docs/diff.md describes them.

import { formatInstant } from '@nhipol/language/types';
import { stringify, toAuthZen } from '@nhipol/runtime';
import type {
  DiffCause,
  DiffChange,
  Example,
  PolicyDiff,
  SessionExample,
  SessionsDiff,
} from './policy-diff.ts';

export interface DiffTitles {
  readonly name: string;
  readonly before: { readonly version: string; readonly file: string };
  readonly after: { readonly version: string; readonly file: string };
}

/** `proofs`: the verdicts of proofs, as JSON. */
export function diffJson(
  { name, before, after }: DiffTitles,
  diff: PolicyDiff,
  proofs: readonly object[] = [],
): string {
  const { asked, ofTests, isSame, edits, history, changes, sessions } = diff;
  const json = {
    format: 'nhipol-diff/1',
    policy: name,
    old: { version: before.version, file: before.file },
    new: { version: after.version, file: after.file },
    same: isSame,
    requests: asked,
    of_tests: ofTests,
    edits: edits.map(({ how, rule }) => ({ how, ...rule })),
    history_unknown: history,
    changes: changes.map(changeJson),
    sessions: sessions === undefined ? null : buildSessionsJson(sessions),
    ...(proofs.length === 0 ? {} : { proofs }),
  };
  return `${stringify(json, 2)}\n`;
}

function changeJson({ before, after, aspect, direction, count, lines, examples }: DiffChange) {
  return {
    old: before,
    new: after,
    aspect: aspect ?? null,
    direction,
    requests: count,
    ...(lines.length === 0 ? {} : { lines }),
    examples: examples.map(buildExampleJson),
  };
}

function buildSessionsJson({ asked, changes }: SessionsDiff) {
  return {
    asked,
    changes: changes.map(({ before, after, aspect, direction, count, example }) => ({
      old: before,
      new: after,
      aspect: aspect ?? null,
      direction,
      sessions: count,
      example: {
        events: parseEvents(example),
        tables: Object.fromEntries(example.tables),
        old: toAuthZen(example.before),
        new: toAuthZen(example.after),
      },
    })),
  };
}

function parseEvents({ events }: SessionExample): readonly unknown[] {
  return events
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

/** `request`: a string, since it may not be JSON. */
function buildExampleJson({ request, now, tables, line, before, after, causes }: Example) {
  return {
    request,
    now: now === undefined ? null : formatInstant(now),
    tables: Object.fromEntries(tables),
    ...(line === undefined ? {} : { line }),
    old: toAuthZen(before),
    new: toAuthZen(after),
    causes: causes.map(buildCauseJson),
  };
}

function buildCauseJson(cause: DiffCause) {
  if (cause.kind === 'request') {
    const { code, path, expected, found } = cause.error;
    const refusing = cause.refusedBy === 'before' ? 'old' : 'new';
    return { kind: 'request', refused_by: refusing, code, path, expected, found };
  }
  const { rule, effect, now, edit } = cause;
  return { ...rule, effect, now, edit: edit ?? null };
}
