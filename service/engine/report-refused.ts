// Reports what a store has and the module could not restore, so that an operator knows why calls are denied.

import type { Persistence } from '@nhipol/runtime';

export function reportRefused(
  { refused, refusedRecords }: Pick<Persistence, 'refused' | 'refusedRecords'>,
  onWarning: (warning: string) => void,
): void {
  for (const error of refused) onWarning(`a session was not restored: ${error.message}`);
  if (refusedRecords === 0) return;
  onWarning(
    `${refusedRecords} of the stored records of terms across sessions were not restored: nothing is known of these terms until their windows have passed, so limits deny`,
  );
}
