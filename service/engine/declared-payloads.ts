// The declarations of a policy about the payloads of signals: the members that logs may show, with masks instead of secret values.

import type { Manifest } from '@nhipol/runtime/abi';
import type { Members } from '../json/members.ts';
import { type DeclaredRequest, readDeclaredRequest } from './declared.ts';

export interface DeclaredPayloads {
  /** The declared members of the payload of a signal, with the mask instead of secret values. */
  readonly visiblePayload: (signal: string, payload: Members) => Members;
  /** The values of the secret members of the payload of a signal. */
  readonly secretsInPayload: (signal: string, payload: Members) => readonly unknown[];
  /** Whether a member of a request or of a payload is secret. */
  readonly hasSecrets: boolean;
}

/** `declared`: of requests, of which the payload of an outcome has the parts of its call. */
export function readDeclaredPayloads(
  { sessions }: Manifest,
  declared: DeclaredRequest,
): DeclaredPayloads {
  const schemas = Object.entries(sessions?.payloads ?? {});
  const payloads = new Map(schemas.map(([name, schema]) => [name, readDeclaredRequest(schema)]));
  return {
    visiblePayload: (signal, payload) => ({
      ...declared.visible(payload),
      ...payloads.get(signal)?.visible(payload),
    }),
    secretsInPayload: (signal, payload) => payloads.get(signal)?.secretsIn(payload) ?? [],
    hasSecrets: declared.hasSecrets || [...payloads.values()].some((payload) => payload.hasSecrets),
  };
}
