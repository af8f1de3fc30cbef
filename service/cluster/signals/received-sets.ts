// The received tokens as one partition sees them: those of the cluster, and which of them its sessions were changed by.

import type { SessionStore } from '@nhipol/runtime';
import type { ReceivedSets } from '../../signals/store/signal-store.ts';
import { Progress } from './progress.ts';
import type { SetLog } from './set-log.ts';

export interface PartitionSets {
  readonly sets: ReceivedSets;
  readonly progress: Progress;
}

/** `store`: where the progress of the partition is. */
export async function partitionSets(log: SetLog, store: SessionStore): Promise<PartitionSets> {
  const progress = await Progress.read(log, store);
  const { index } = log;
  const sets: ReceivedSets = {
    add: async (given) => {
      const unknown = given.filter((each) => index.findSequence(each) === undefined);
      const appended = await log.append(unknown);
      await log.readUntil(Math.max(0, ...appended.map(({ sequence }) => sequence)));
      const created = new Set(appended.flatMap(({ sequence, isNew }) => (isNew ? [sequence] : [])));
      return given.map((each) => {
        const sequence = index.findSequence(each);
        if (sequence === undefined) throw new Error('broken invariant: a token is not in the log');
        if (created.delete(sequence)) return 'new';
        return progress.has(sequence) ? 'done' : 'pending';
      });
    },
    done: (given) => progress.finish(given.flatMap((each) => index.findSequence(each) ?? [])),
    pending: () => log.read(progress.open()),
    about: async (keys, limit) => index.about(keys, limit),
    read: (sequences) => log.read(sequences),
    identifiedBy: async () => progress.identifiedBy,
    identify: (by) => progress.identify(by),
    keys: async () => index.keys(),
    forget: (before) =>
      log.erase(index.listOlder(before).filter((sequence) => progress.has(sequence))),
  };
  return { sets, progress };
}
