// All materials, one for each class of claims.

import type { Material } from '../material.ts';
import { counting, maps, nested, sums } from './collections.ts';
import { history } from './history.ts';
import { functions, ifs, strings } from './strings.ts';
import { places, tables, windows } from './values.ts';

export const materials: readonly Material[] = [
  strings,
  functions,
  ifs,
  counting,
  nested,
  maps,
  sums,
  places,
  tables,
  windows,
  history,
];
