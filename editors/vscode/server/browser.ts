// The language server inside the extension, as a web worker, which also knows the keys of nhipol.toml.

import { configSupport } from '@nhipol/cli/config';
import { serveInWorker } from '@nhipol/language-server/worker';

serveInWorker({ clock: () => BigInt(Date.now()), config: configSupport });
