// The part of the runtime for Node: sessions in a file, and policies in their own threads.

export { loadInThread, type PolicyThread, type PolicyThreadOptions } from './policy-thread.ts';
export { type SessionFileOptions, sessionFile } from './session-file.ts';
