// The members of a request that are read if its policy declares the digest of the call, which covers members that the
// policy does not declare.

import type { DeclaredTree } from '../direct/declared.ts';
import { principalMember } from './call-digest.ts';

/** Adds everything about the action and the resource, and the whole principal of the subject. */
export function withCall(declared: DeclaredTree): DeclaredTree {
  const subject = declared.members.get('subject');
  return {
    members: new Map([
      ...declared.members,
      ['subject', subject && withPrincipal(subject)],
      ['action', undefined],
      ['resource', undefined],
    ]),
  };
}

function withPrincipal({ members, properties }: DeclaredTree): DeclaredTree {
  if (properties === undefined) return { members };
  const { by, of, others } = properties;
  const within = (declaredTree: DeclaredTree): DeclaredTree => ({
    members: new Map([...declaredTree.members, [principalMember, undefined]]),
  });
  const listed = new Map([...of].map(([name, each]) => [name, within(each)]));
  return { members, properties: { by, of: listed, others: within(others) } };
}
