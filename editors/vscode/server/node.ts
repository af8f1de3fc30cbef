// The language server inside the extension, as a process of Node.js: the same as `nhipol lsp`.

import { lspCommand } from '@nhipol/cli';

process.exitCode = await lspCommand();
