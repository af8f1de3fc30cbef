// Claims that are false, each with a request, or two requests, that violate it. Provers that list too few strings,
// addresses or elements take them for true.

export interface FalseClaim {
  /** The subject of the claim. */
  readonly name: string;
  /** A policy with one invariant; or with a claim about a member, see `change`. */
  readonly policy: string;
  /** Such as `fewer subject.scopes never loosens`; `undefined` if the claim is the invariant. */
  readonly change?: string;
  /** One request, or two for a claim about a member. */
  readonly requests: readonly object[];
}

interface Parts {
  readonly subject?: object;
  readonly context?: object;
  readonly id?: string;
}

export function createRequest({ subject = {}, context = {}, id = 'x' }: Parts): object {
  return {
    subject: { type: 'agent', id, properties: subject },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
    context,
  };
}

/** A policy that permits everything except where a condition is true. */
export function denying(declarations: string, condition: string, invariant: string): string {
  return `policy acme.claims
${declarations}
for any {
  permit ok otherwise
  deny no when ${condition}, if unknown skip
}
invariant "claim" for any
  ${invariant}
`;
}

/** A policy whose invariant states that the condition is impossible. */
export function impossible(declarations: string, condition: string): string {
  return denying(declarations, condition, 'effect is permit');
}
