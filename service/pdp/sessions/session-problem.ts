// The error of an operation on a session as a problem with a status.

import type { SessionError } from '@nhipol/runtime';
import { Problem, type ProblemStatus } from '../problem.ts';

const statuses: Readonly<Record<string, ProblemStatus>> = {
  no_session: 404,
  session_exists: 409,
  no_approvals: 409,
  session_revoked: 410,
  engine_error: 503,
  no_room: 503,
};

/** `part`: where the value that the session got is in the request. */
export function toSessionProblem(
  { code, path: inner, expected, found }: SessionError,
  part = '$',
): Problem {
  const status = statuses[code];
  // The others are not about the value.
  const path = status === undefined ? `${part}${inner.slice(1)}` : inner;
  return new Problem(status ?? 400, `${path}: expected ${expected}, found ${found}`, {
    code,
    path,
  });
}
