// The sessions of a replay as a service runs them: with `createSessions` of the runtime, at the instants of the
// replay.

import type { EvaluatedAnswer } from '@nhipol/language';
import { createSessions, type Policy as Module, type Session, SessionError } from '@nhipol/runtime';
import type { Host, InputRefusal } from './host.ts';

/** Throws `LoadError` for a module without sessions. */
export function createModuleHost(module: Module): Host {
  let clock = 0n;
  // The replay itself evaluates expired answers again.
  const sessions = createSessions(module, {
    clock: { now: () => Number(clock), at: () => () => {} },
    // A log may reuse an id.
    revokedIdLifetime: 0,
  });
  const trying = (now: bigint, change: () => void): InputRefusal | undefined => {
    clock = now;
    try {
      change();
      return undefined;
    } catch (error) {
      if (error instanceof SessionError) return error;
      throw error;
    }
  };
  const callModule = (now: bigint, ask: () => ReturnType<Session['decide']>): EvaluatedAnswer => {
    clock = now;
    return ask() as EvaluatedAnswer;
  };
  const expect = (id: string): Session => {
    const session = sessions.get(id);
    if (session === undefined)
      throw new Error(`broken invariant: the session \`${id}\` is not open`);
    return session;
  };
  return {
    signals: module.manifest.sessions?.signals ?? [],
    sharesHistory: module.manifest.sessions?.shared_bytes !== undefined,
    open: (id, request, now) => trying(now, () => void sessions.open(id, request)),
    change: (id, { part, replaced }, now) =>
      trying(now, () => {
        const session = expect(id);
        return replaced.length > 0 ? session.replace(part) : session.patch(part);
      }),
    record: (id, { name, payload, isPayloadUnknown, time }, now) =>
      trying(now, () => {
        if (isPayloadUnknown) expect(id).recordUnknown(name, time);
        else expect(id).record(name, payload, time);
      }),
    decide: (id, query, now) => callModule(now, () => sessions.decide(id, query)),
    judge: (id, now) => callModule(now, () => expect(id).reevaluate()),
    close: (id) => expect(id).close(),
  };
}
