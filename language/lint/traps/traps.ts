// The entry point of the warnings and the advice about traps: conditions that are valid and do what they say, and rarely
// what their author meant.

import type { LoadedFile } from '../../checker/load.ts';
import type { PolicyModel } from '../../model/model.ts';
import type { LintAnalysis } from '../analysis.ts';
import { warnOfAmounts } from './amount-traps.ts';
import { warnOfApprovals } from './approval-traps.ts';
import { adviseOfCallers } from './caller-traps.ts';
import { adviseOfCollections } from './collection-traps.ts';
import { adviseOfDenyLists } from './deny-lists.ts';
import { adviseOfInstants } from './instants.ts';
import { adviseOfLevels } from './levels.ts';
import { warnOfLiterals } from './literal-traps.ts';
import { warnOfPatterns } from './pattern-traps.ts';
import { listConditionPlaces } from './places.ts';
import { adviseOfRules } from './rule-traps.ts';
import { adviseOfTemplates } from './templates.ts';

export function warnOfTraps(
  policy: PolicyModel,
  analysis: LintAnalysis,
  files: ReadonlyMap<string, LoadedFile>,
): void {
  const { reporter } = analysis;
  const places = listConditionPlaces(analysis);
  warnOfLiterals(policy, places, files, reporter);
  warnOfPatterns(places, reporter);
  warnOfAmounts(policy, places, reporter);
  warnOfApprovals(analysis, places, reporter);
  adviseOfDenyLists(policy, analysis, places, reporter);
  adviseOfInstants(places, reporter);
  for (const place of places) {
    adviseOfCollections(place, reporter);
    adviseOfTemplates(place, reporter);
    adviseOfLevels(place, reporter);
  }
  adviseOfCallers(policy, analysis, places, reporter);
  adviseOfRules(policy, analysis.judged, places, reporter);
}
