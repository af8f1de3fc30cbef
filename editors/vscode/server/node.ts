// The language server inside the extension, as a process of Node.js: the same as `nhipol lsp`.

import { lspCommand } from '../../../cli/commands/lsp/run.ts';

process.exitCode = await lspCommand();
