// The one table of diagnostics: every code with its severity, its typed message and a pair of
// examples. A code is forever; a message can't be raised with a parameter missing.

import { foreignMessages } from './foreign.ts';
import { nameMessages } from './names.ts';
import { semanticMessages } from './semantics.ts';
import { syntaxMessages } from './syntax.ts';
import { testMessages } from './tests.ts';
import { warningMessages } from './warnings.ts';

export const messages = {
  ...foreignMessages,
  ...syntaxMessages,
  ...semanticMessages,
  ...nameMessages,
  ...testMessages,
  ...warningMessages,
};

export type Code = keyof typeof messages;

export type Params<C extends Code> = Parameters<(typeof messages)[C]['message']>[0];
