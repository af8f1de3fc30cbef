// Access whose callers have rates.

import type { Access } from './access.ts';
import type { RateLimits } from './rate-limits.ts';

/** Access whose callers have rates. Identifying a caller counts nothing: a listener does that once for each request. */
export function limitAccess(access: Access, limits: RateLimits): Access {
  const { generation, mayHave } = access;
  return Object.assign((...given: Parameters<Access>) => access(...given), {
    ...(generation === undefined ? {} : { generation }),
    ...(mayHave === undefined ? {} : { mayHave }),
    limits,
  });
}
