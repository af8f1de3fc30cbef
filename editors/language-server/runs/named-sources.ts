// The sources of a policy as explanations show them: with relative names as paths.

import { isVocabulary, type Policy } from '../../../language/index.ts';

export function namedSources({ sources }: Policy): Policy['sources'] {
  return sources.map((each) => (isVocabulary(each.path) ? each : { ...each, path: each.name }));
}
