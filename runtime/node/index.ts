// What Node adds to the runtime: sessions in a file, and policies in threads of their own.

export { loadInThread, type PolicyThread, type PolicyThreadOptions } from './policy-thread.ts';
export { type SessionFileOptions, sessionFile } from './session-file.ts';
