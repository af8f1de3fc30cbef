// Whether a session records a signal, which depends on its name and payload only.

import { openSession, recordSignal, type SignalError } from '@nhipol/language';
import type { PolicyModel, TestSignal } from '@nhipol/language/model';

/** The error with which every session refuses the signal, or `undefined` if sessions record it. */
export function findSignalRefusal(
  policy: PolicyModel,
  { name, payload }: TestSignal,
): SignalError | undefined {
  const bytes = payload === undefined ? undefined : new TextEncoder().encode(payload);
  const signal = { name, payload: bytes, time: undefined };
  const recorded = recordSignal(policy, openSession('{}', 0n), signal, 0n);
  return 'error' in recorded ? recorded.error : undefined;
}
