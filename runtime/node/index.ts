// The part of the runtime for Node: sessions in a file, policies in their own threads, and locks of files.

export { lockFile } from './file-lock.ts';
export { loadInThread, type PolicyThread, type PolicyThreadOptions } from './policy-thread.ts';
export { type SessionFileOptions, sessionFile } from './session-file.ts';
