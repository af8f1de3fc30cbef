// Whether two engines return exactly the same answer.

import { type Answer, stringify, toAuthZen } from '@nhipol/runtime';

export function sameAnswer(a: Answer, b: Answer): boolean {
  return stringify(toAuthZen(a)) === stringify(toAuthZen(b));
}
