// The plans with which properties over programs compile their policies: every branch of planning is used.

import { defaultPlan } from '../../compiler/public.ts';

export const layouts = [
  { layout: 'as they are shipped', optimize: 2, planning: defaultPlan },
  {
    layout: 'with each rule a row of a family',
    optimize: 0,
    planning: { minMembers: 1, minIndexedRows: 1, maxFamilies: 64, maxUniqueShapes: 0 },
  },
  {
    layout: 'with trees for rules without similar ones',
    optimize: 0,
    planning: { minMembers: 2, minIndexedRows: 2, maxFamilies: 64, maxUniqueShapes: 0 },
  },
];
