// Scopes in words.

import type { Scope } from '@nhipol/language/model';
import { createInlineCode, joinAsList, type Phrase, say } from '../pages/phrase.ts';

/** Returns words such as ``any action by `ai_agent` on `customer` ``. */
export function scopeWords({ subjects, actions, resources }: Scope): Phrase {
  const doing: Phrase =
    actions === undefined ? ['any action'] : joinAsList(actions.map(createInlineCode), 'or');
  const by: Phrase =
    subjects === undefined ? ['any subject'] : joinAsList(subjects.map(createInlineCode), 'or');
  const on: Phrase =
    resources === undefined ? [] : say` on ${joinAsList(resources.map(createInlineCode), 'or')}`;
  return say`${doing} by ${by}${on}`;
}

export function isSameScope(a: Scope, b: Scope): boolean {
  return makeScopeKey(a) === makeScopeKey(b);
}

function makeScopeKey({ subjects, actions, resources }: Scope): string {
  const names = [subjects, actions, resources].map((list) => list && [...list].sort());
  return JSON.stringify(names.map((list) => list ?? null));
}
