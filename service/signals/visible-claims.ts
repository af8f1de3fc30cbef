// The claims of an event as operators may see them: with masks instead of the values that a policy keeps secret.

import { stringify } from '@nhipol/runtime';
import { maskSecret } from '../engine/declared.ts';
import type { PolicyModule } from '../engine/policy-module.ts';
import { isMembers, type Members } from '../json/members.ts';
import type { EventMapping } from './receive/event-rules.ts';
import type { SecurityEvent } from './sets/security-event.ts';

/** An event about no session, so that rules that refer to one have no value. */
const anySession = { id: '', request: () => ({}) };

/**
 * The claims of which the mapping makes the payload of a signal, or facts. Where a rule of the settings computes with them, or it is
 * unknown what becomes of them, all are masked if one is secret.
 */
export function selectVisibleClaims(
  event: SecurityEvent,
  mapping: EventMapping,
  policy: PolicyModule,
): Members {
  const { claims, type } = event;
  if (!policy.hasSecrets) return claims;
  let secrets: ReadonlySet<string>;
  try {
    const { signal, facts } = mapping.effectOn(event, anySession, policy) ?? {};
    secrets = new Set(
      [
        ...(signal === undefined ? [] : policy.secretsInPayload(signal.name, signal.payload)),
        ...policy.declared.secretsIn(facts ?? {}),
      ].map((value) => stringify(value)),
    );
  } catch {
    return maskMembers(claims);
  }
  if (secrets.size === 0) return claims;
  return mapping.isComputed(type) ? maskMembers(claims) : (maskValue(claims, secrets) as Members);
}

function maskValue(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (secrets.has(stringify(value ?? null))) return maskSecret(value);
  if (Array.isArray(value)) return value.map((each) => maskValue(each, secrets));
  if (!isMembers(value)) return value;
  return mapMembers(value, (member) => maskValue(member, secrets));
}

function maskMembers(claims: Members): Members {
  return mapMembers(claims, maskSecret);
}

function mapMembers(members: Members, change: (member: unknown) => unknown): Members {
  return Object.fromEntries(Object.entries(members).map(([name, each]) => [name, change(each)]));
}
