// The table of diagnostics: each code with its severity, typed message and a pair of examples. Codes are
// never renamed or reused.

import { adviceMessages } from './advice.ts';
import { foreignMessages } from './foreign.ts';
import { nameMessages } from './names.ts';
import { semanticMessages } from './semantics.ts';
import { syntaxMessages } from './syntax.ts';
import { testMessages } from './tests.ts';
import { trapMessages } from './traps.ts';
import { warningMessages } from './warnings.ts';

export const messages = {
  ...foreignMessages,
  ...syntaxMessages,
  ...semanticMessages,
  ...nameMessages,
  ...testMessages,
  ...warningMessages,
  ...trapMessages,
  ...adviceMessages,
};

export type DiagnosticCode = keyof typeof messages;

export type Params<C extends DiagnosticCode> = Parameters<(typeof messages)[C]['message']>[0];
