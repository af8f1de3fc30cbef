// Approvals of requests without a session, stored in the records of a cluster: using one up is conditional on nobody having
// done so.

import type { ApprovalStore, StoredApproval } from '../store/store.ts';
import { ConditionError } from './records/record-writer.ts';
import type { Records } from './records/records.ts';

const decoder = new TextDecoder();

export function clusterApprovals(records: Records): ApprovalStore {
  const { names } = records;
  return {
    approve: async (approval) => {
      const { digest, id, grantedAt, expiresAt } = approval;
      const subject = names.approval(digest, id);
      // It is removed when it expires, so that it stays expired for a node whose clock is slow.
      const lifetime = Math.max(1, Math.ceil((expiresAt - grantedAt) / 1_000));
      const value = JSON.stringify(approval);
      await records.write(
        { subject, value },
        { subject, sequence: 0 },
        { lifetime: `${lifetime}s` },
      );
    },
    take: async (digest, now, by) => {
      const subjects = await records.subjects(names.approvals(digest));
      const storedRecords = await Promise.all(subjects.map((subject) => records.last(subject)));
      const stored = storedRecords.flatMap((record) => {
        if (record?.value === undefined) return [];
        const approval: StoredApproval = JSON.parse(decoder.decode(record.value));
        return [{ record, approval }];
      });
      // An approval that has expired here is removed, so that it stays so for a node whose clock is slow.
      for (const { record, approval } of stored) {
        if (approval.expiresAt <= now) await removeRecord(records, record);
      }
      const usable = stored.filter(({ approval }) => {
        const isOwn = by !== undefined && approval.approver === by;
        return approval.expiresAt > now && !isOwn;
      });
      usable.sort((one, other) => one.approval.expiresAt - other.approval.expiresAt);
      for (const { record, approval } of usable) {
        if (await removeRecord(records, record)) {
          return { ...approval, approver: approval.approver };
        }
      }
      return undefined;
    },
  };
}

/** Returns whether nobody else has removed it before. */
async function removeRecord(
  records: Records,
  { subject, sequence }: { readonly subject: string; readonly sequence: number },
): Promise<boolean> {
  try {
    await records.write({ subject, value: undefined }, { subject, sequence });
    return true;
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    return false;
  }
}
