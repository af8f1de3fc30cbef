// The language server inside the extension, as a web worker, which also knows the keys of nhipol.toml.

import { configSupport } from '../../../cli/config/editor-support.ts';
import { serveInWorker } from '../../language-server/worker.ts';

serveInWorker({ clock: () => BigInt(Date.now()), config: configSupport });
