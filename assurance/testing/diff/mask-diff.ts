// Masks the requests and sessions in a comparison of two versions of a policy: a member that is secret in
// either version is masked.

import { maskSecrets } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { maskLog } from '../replay/mask-log.ts';
import type { PolicyDiff, SessionsDiff } from './policy-diff.ts';

export function maskDiff(before: PolicyModel, after: PolicyModel, diff: PolicyDiff): PolicyDiff {
  const maskRequestText = (request: string) => maskSecrets(after, maskSecrets(before, request));
  const maskLogText = (log: string) => maskLog(after, maskLog(before, log));
  return {
    ...diff,
    changes: diff.changes.map((change) => ({
      ...change,
      examples: change.examples.map((example) => ({
        ...example,
        request: maskRequestText(example.request),
      })),
    })),
    sessions: diff.sessions && maskSessions(diff.sessions, maskLogText),
  };
}

function maskSessions(sessions: SessionsDiff, mask: (log: string) => string): SessionsDiff {
  return {
    ...sessions,
    changes: sessions.changes.map((change) => ({
      ...change,
      example: { ...change.example, events: mask(change.example.events) },
    })),
  };
}
