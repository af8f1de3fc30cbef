// The plans with which properties over programs compile their policies: every branch of planning is used.

import type { Optimization } from '@nhipol/compiler/asc';
import { defaultPlan, type PlanOptions } from '../../../compiler/public.ts';

interface Layout {
  readonly layout: string;
  readonly optimize: Optimization;
  readonly planning: PlanOptions;
}

export const layouts: readonly Layout[] = [
  { layout: 'as they are shipped', optimize: 'full', planning: defaultPlan },
  {
    layout: 'with each rule a row of a family',
    optimize: 'none',
    planning: { minMembers: 1, minIndexedRows: 1, maxFamilies: 64, maxUniqueShapes: 0 },
  },
  {
    layout: 'with trees for rules without similar ones',
    optimize: 'none',
    planning: { minMembers: 2, minIndexedRows: 2, maxFamilies: 64, maxUniqueShapes: 0 },
  },
];
