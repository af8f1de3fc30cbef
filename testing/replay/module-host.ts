// The sessions of a replay as a service runs them: with `createSessions` of the runtime, at the instants of the
// replay.

import { createSessions, type Policy as Module, SessionError } from '@nhipol/runtime';
import type { Answer } from '../../language/index.ts';
import type { Host, Refusal } from './host.ts';

/** Throws `LoadError` for a module without sessions. */
export function moduleHost(module: Module): Host {
  let clock = 0n;
  // The replay itself evaluates expired answers again.
  const sessions = createSessions(module, {
    clock: { now: () => Number(clock), at: () => () => {} },
    // A log may reuse an id.
    revokedIdLifetime: 0,
  });
  const trying = (now: bigint, change: () => void): Refusal | undefined => {
    clock = now;
    try {
      change();
      return undefined;
    } catch (error) {
      if (error instanceof SessionError) return error;
      throw error;
    }
  };
  const answered = (now: bigint, ask: () => ReturnType<typeof sessions.decide>): Answer => {
    clock = now;
    return ask() as Answer;
  };
  return {
    signals: module.manifest.sessions?.signals ?? [],
    open: (id, request, now) => trying(now, () => sessions.open(id, request)),
    change: (id, { part, replaced }, now) =>
      trying(now, () =>
        replaced.length > 0 ? sessions.replace(id, part) : sessions.patch(id, part),
      ),
    record: (id, { name, told, time }, now) =>
      trying(now, () => sessions.record(id, name, told, time)),
    decide: (id, asked, now) => answered(now, () => sessions.decide(id, asked)),
    judge: (id, now) => answered(now, () => sessions.reevaluate(id)),
    close: (id) => sessions.close(id),
  };
}
