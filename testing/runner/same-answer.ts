// Whether two engines give the same answer, to its last member.

import { type Answer, stringify, toAuthZen } from '@nhipol/runtime';

export function sameAnswer(a: Answer, b: Answer): boolean {
  return stringify(toAuthZen(a)) === stringify(toAuthZen(b));
}
