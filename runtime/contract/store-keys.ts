// The keys of texts in a store of sessions: that of a session is its id, and records of the history across sessions have keys
// that no session has.

const recordPrefix = 'history:';
const sessionPrefix = 'session:';

export function makeSessionKey(id: string): string {
  const isTaken = isRecordKey(id) || id.startsWith(sessionPrefix);
  return isTaken ? `${sessionPrefix}${id}` : id;
}

export function makeRecordKey(id: string): string {
  return `${recordPrefix}${id}`;
}

/** Whether the key is that of a record of the history across sessions. */
export function isRecordKey(key: string): boolean {
  return key.startsWith(recordPrefix);
}
