// The one table of diagnostics: every code with its severity, its typed message and a pair of
// examples. A code is forever; a message can't be raised with a parameter missing.

import { foreignMessages } from './messages/foreign.ts';
import { nameMessages } from './messages/names.ts';
import { semanticMessages } from './messages/semantics.ts';
import { syntaxMessages } from './messages/syntax.ts';
import { testMessages } from './messages/tests.ts';
import { warningMessages } from './messages/warnings.ts';

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
