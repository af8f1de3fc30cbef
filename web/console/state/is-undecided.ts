// Whether nothing was decided in a session yet: it was opened without an action, so that its answer is about none.

import type { Evaluation } from '@nhipol/service/client';

export function isUndecided({ context }: Evaluation): boolean {
  const { effect, error } = context;
  return effect === 'deny' && error?.code === 'missing' && error.path === '$.action';
}
