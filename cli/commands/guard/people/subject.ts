// Who is meant, as the command line states it.

import { UsageError } from '../../../io/exit-codes.ts';

export interface NamedSubject {
  readonly type: string;
  readonly id: string;
}

/** `text`: `type:id`. The id may contain colons. */
export function parseSubject(text: string): NamedSubject {
  const [, type, id] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (type === undefined || id === undefined) {
    throw new UsageError(
      `${JSON.stringify(text)}: expected a type and an id, such as ai_agent:laptop`,
    );
  }
  return { type, id };
}
