// All traps, by their ids.

import { data } from './data.ts';
import { money } from './money.ts';
import { scopes } from './scopes.ts';
import { strings } from './strings.ts';
import { time } from './time.ts';
import type { Traps } from './trap.ts';

/** The traps of each group, by its title. */
export const groups: Readonly<Record<string, Traps>> = {
  'Strings, patterns and paths': strings,
  'Scopes and names': scopes,
  'Missing data, enums, tables and collections': data,
  'Numbers, sums and history': money,
  'Time, approvals, effects and networks': time,
};
