// The three-valued meaning of every operator and form: the value of each expression for a request.

import { absence } from './rows/absence.ts';
import { addresses } from './rows/addresses.ts';
import { collections } from './rows/collections.ts';
import { decimals } from './rows/decimals.ts';
import { functionRows } from './rows/functions.ts';
import { interpolation } from './rows/interpolation.ts';
import { logic } from './rows/logic.ts';
import { maps } from './rows/maps.ts';
import { numbers } from './rows/numbers.ts';
import { numerals } from './rows/numerals.ts';
import { paths } from './rows/paths.ts';
import { patterns } from './rows/patterns.ts';
import { ranges } from './rows/ranges.ts';
import type { Row } from './rows/row.ts';
import { text } from './rows/text.ts';
import { time } from './rows/time.ts';
import { windows } from './rows/windows.ts';

export const table: readonly Row[] = [
  ...logic,
  ...absence,
  ...numbers,
  ...decimals,
  ...numerals,
  ...ranges,
  ...collections,
  ...maps,
  ...text,
  ...paths,
  ...interpolation,
  ...addresses,
  ...patterns,
  ...time,
  ...windows,
  ...functionRows,
];
