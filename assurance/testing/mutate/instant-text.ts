// Instants as people write them: without milliseconds if these are zero.

import { formatInstant } from '@nhipol/language/types';

export function formatAnyInstant(milliseconds: bigint | number): string {
  return formatInstant(milliseconds).replace('.000Z', 'Z');
}
