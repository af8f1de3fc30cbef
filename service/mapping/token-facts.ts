// The facts of a caller from the claims of its verified token, by a mapping that the operator declares.

import type { CallerFacts } from '../engine/call.ts';
import { isMembers, type Members } from '../json/members.ts';
import { withoutGuardMembers } from './guard-members.ts';
import { MappingError } from './mapping-error.ts';
import { compileTemplate } from './template.ts';

/** Strings that begin with `$` are expressions over `token`. */
export interface TokenMapping {
  readonly subject: {
    readonly type: string;
    readonly id: string;
    readonly properties?: Members;
  };
  readonly context?: Members;
}

/** Returns the facts for claims, or throws a `MappingError`. Throws one at once if the mapping is not valid. */
export function createTokenReader({
  subject,
  context = {},
}: TokenMapping): (claims: Members) => CallerFacts {
  const template = compileTemplate({ subject, context });
  return (token) => {
    const resolved = template({ token });
    const { subject: mapped, context: given } = resolved as {
      readonly subject: Members;
      readonly context: Members;
    };
    const { type, id, properties = {} } = mapped;
    if (typeof type !== 'string' || type === '') throw createUnidentified('type');
    if (typeof id !== 'string' || id === '') throw createUnidentified('id');
    if (!isMembers(properties)) throw new MappingError('`subject.properties` is not an object');
    return { identity: { type, id, properties }, context: withoutGuardMembers(given) };
  };
}

function createUnidentified(member: string): MappingError {
  return new MappingError(`\`subject.${member}\` is not a string with characters`);
}
