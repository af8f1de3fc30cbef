// The three-valued meaning of every operator and form: the value of each expression for a request.

import { absence } from './absence.ts';
import { addresses } from './addresses.ts';
import { collections } from './collections.ts';
import { decimals } from './decimals.ts';
import { functionRows } from './functions.ts';
import { interpolation } from './interpolation.ts';
import { logic } from './logic.ts';
import { maps } from './maps.ts';
import { numbers } from './numbers.ts';
import { paths } from './paths.ts';
import { patterns } from './patterns.ts';
import { ranges } from './ranges.ts';
import type { Row } from './row.ts';
import { text } from './text.ts';
import { time } from './time.ts';
import { windows } from './windows.ts';

export const table: readonly Row[] = [
  ...logic,
  ...absence,
  ...numbers,
  ...decimals,
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
