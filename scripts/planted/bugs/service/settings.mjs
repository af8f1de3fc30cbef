// Bugs in the settings of a service: which source of an option is used, and what messages show of them.

import { serviceTests as tests } from '../../service-tests.mjs';

const settings = 'test/cli/serve-settings.test.ts';

export const serviceSettings = [
  {
    id: 'file-before-command-line',
    file: 'cli/commands/serve/config/setting.ts',
    find: "if (command.getOptionValueSource(name) === 'cli') return;",
    replace: "if (command.getOptionValueSource(name) === 'env') return;",
    does: 'A file or a variable replaces what the operator typed.',
    by: [settings],
  },
  {
    id: 'unknown-variable-ignored',
    file: 'cli/commands/serve/config/variables.ts',
    find: 'if (!variable.startsWith(prefix) || variable === nameVariable(fileName)) continue;',
    replace: 'if (!options.has(variable)) continue;',
    does: 'A misspelled variable, such as one with the access file, is ignored.',
    by: [settings],
  },
  {
    id: 'password-of-url-shown',
    file: 'service/support/format-url.ts',
    find: "search === '' ? '' : '?…'",
    replace: 'search',
    does: 'A message shows the token in the URL of a policy.',
    by: tests('destinations'),
  },
];
