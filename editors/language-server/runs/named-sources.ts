// The sources of a policy as explanations show them: with relative names as paths.

import { isVocabulary } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';

export function nameSources({ sources }: PolicyModel): PolicyModel['sources'] {
  return sources.map((source) =>
    isVocabulary(source.path) ? source : { ...source, path: source.name },
  );
}
