// The plans with which properties over programs compile their policies: every branch of planning is used.

import { usualPlan } from '../../compiler/index.ts';

export const layouts = [
  { layout: 'as they are shipped', optimize: 2, planning: usualPlan },
  {
    layout: 'with each rule a row of a family',
    optimize: 0,
    planning: { leastMembers: 1, leastToldApart: 1, mostFamilies: 64, mostOfOwnShape: 0 },
  },
  {
    layout: 'with rules as trees where no other is alike',
    optimize: 0,
    planning: { leastMembers: 2, leastToldApart: 2, mostFamilies: 64, mostOfOwnShape: 0 },
  },
];
