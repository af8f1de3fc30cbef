// The entry of the language server for a web worker.

import { serveInWorker } from './worker.ts';

serveInWorker({ clock: () => BigInt(Date.now()) });
