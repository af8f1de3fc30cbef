// Callers that may request something, as long as it has not taken effect: a request that waits identifies its caller again if
// others may call by then.

import { type Access, type Credentials, expectRole } from './access.ts';
import type { Caller, Role } from './caller.ts';
import { getGeneration } from './replaceable-access.ts';

/** Identifies a caller with a role. Throws or rejects with a `Problem` if it is not identified, or does not have the role. */
export function admitCaller(
  access: Access,
  readCredentials: () => Credentials,
  role: Role,
): Caller | Promise<Caller> {
  const keep = keepStanding(access, readCredentials, role);
  const admit = (caller: Caller): Caller => {
    expectRole(caller, role);
    return keep(caller);
  };
  const caller = access(readCredentials());
  return caller instanceof Promise ? caller.then(admit) : admit(caller);
}

/** Call it before a caller is identified, since others may call while a token is verified. Returns what adds the standing. */
export function keepStanding(
  access: Access,
  readCredentials: () => Credentials,
  role: Role,
): (caller: Caller) => Caller {
  const generation = getGeneration(access);
  const standing = {
    isCurrent: () => getGeneration(access) === generation,
    identify: async () => admitCaller(access, readCredentials, role),
  };
  return (caller) => ({ ...caller, standing });
}
