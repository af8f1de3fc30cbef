// All mistakes, in the order of docs/mistakes.md.

import { cedar } from './cedar.ts';
import { cel } from './cel.ts';
import { javascript } from './javascript.ts';
import type { Mistake } from './mistake.ts';
import { polar } from './polar.ts';
import { rego } from './rego.ts';
import { sql } from './sql.ts';
import { own } from './this-language.ts';

export { type Mistake, origins } from './mistake.ts';

export const mistakes: readonly Mistake[] = [
  ...rego,
  ...cedar,
  ...cel,
  ...polar,
  ...sql,
  ...javascript,
  ...own,
];
