// The error of an operation on a session as a problem with a status.

import type { SessionError } from '@nhipol/runtime';
import { Problem, type ProblemStatus } from './problem.ts';

const statuses: Readonly<Record<string, ProblemStatus>> = {
  no_session: 404,
  session_exists: 409,
  no_approvals: 409,
  session_revoked: 410,
  engine_error: 503,
  no_room: 503,
};

export function problemOf({ code, path, expected, found }: SessionError): Problem {
  const detail = `${path}: expected ${expected}, found ${found}`;
  return new Problem(statuses[code] ?? 400, detail, { code, path });
}
