// The received tokens as one partition sees them: those of the cluster, and which of them its sessions were changed by.

import type { SessionStore } from '@nhipol/runtime';
import type { ReceivedSets, SetId } from '../../signals/store/signal-store.ts';
import { Progress } from './progress.ts';
import type { SetLog } from './set-log.ts';

export interface PartitionSets {
  readonly sets: ReceivedSets;
  readonly progress: Progress;
}

/** `store`: where the progress of the partition is. */
export async function openPartitionSets(log: SetLog, store: SessionStore): Promise<PartitionSets> {
  const progress = await Progress.read(log, store);
  const { index } = log;
  /** Tokens that this partition got, and that are not done. Others of the log were not applied to it. */
  const added = new Set<number>();
  const findSequence = (set: SetId) => {
    const sequence = index.findSequence(set);
    if (sequence === undefined) throw new Error('broken invariant: a token is not in the log');
    return sequence;
  };
  const sets: ReceivedSets = {
    add: async (given) => {
      const unknown = given.filter((storedSet) => index.findSequence(storedSet) === undefined);
      const appended = await log.append(unknown);
      await log.awaitSequence(Math.max(0, ...appended.map(({ sequence }) => sequence)));
      const created = new Set(appended.flatMap(({ sequence, isNew }) => (isNew ? [sequence] : [])));
      return given.map((storedSet) => {
        const sequence = findSequence(storedSet);
        if (!progress.has(sequence)) added.add(sequence);
        if (created.delete(sequence)) return 'new';
        return progress.has(sequence) ? 'done' : 'pending';
      });
    },
    done: async (given) => {
      const sequences = given.flatMap((setId) => index.findSequence(setId) ?? []);
      await progress.finish(sequences);
      for (const sequence of sequences) added.delete(sequence);
    },
    pending: () => {
      const sequences = progress.open();
      for (const sequence of sequences) added.add(sequence);
      return log.read(sequences);
    },
    about: async (keys, limit) =>
      index
        .about(keys, limit)
        .filter(({ sequence }) => progress.has(sequence) || added.has(sequence)),
    sequences: async (given) => given.map(findSequence),
    read: (sequences) => log.read(sequences),
    identifiedBy: async () => progress.identifiedBy,
    identify: (by) => progress.identify(by),
    keys: async () => index.keys(),
    forget: (before) =>
      log.erase(index.listOlder(before).filter((sequence) => progress.has(sequence))),
  };
  return { sets, progress };
}
