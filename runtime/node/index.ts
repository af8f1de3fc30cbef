// What Node adds to the runtime: sessions kept in a file.

export { type SessionFileOptions, sessionFile } from './session-file.ts';
