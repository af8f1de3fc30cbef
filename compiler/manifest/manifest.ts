// Builds the manifest: a module's description of itself, as canonical JSON (RFC 8785), so that the same source
// results in the same bytes.

import { declaresApprovals, listExternalTables } from '@nhipol/language';
import {
  collectPolicyHistory,
  listTermPatterns,
  type PolicyModel,
  readsZones,
  spellKeyRead,
} from '@nhipol/language/model';
import { zoneRelease } from '@nhipol/language/types';
import {
  abiMajor,
  abiMinor,
  type EncodingSection,
  type Manifest,
  type ManifestSessions,
} from '@nhipol/runtime/abi';
import canonicalize from 'canonicalize';
import { countHistoryBytes, countSharedHistoryBytes } from '../emit/sessions/history.ts';
import { countSessionBytes } from '../emit/sessions/slots.ts';
import type { IrModule } from '../ir/ir.ts';
import { buildPayloadSchemas, buildRequestSchema } from './schema.ts';

export interface ManifestOptions {
  readonly compiler: string;
  /** The SHA-256 of the sources, in hexadecimal. */
  readonly sources: string;
  readonly simd?: boolean;
  readonly sessions?: boolean;
}

export function makeManifest(
  policy: PolicyModel,
  ir: IrModule,
  options: ManifestOptions,
): Omit<Manifest, 'bounds'> {
  const tables = listExternalTables(policy).map(({ name }) => name);
  const obligations = policy.obligations.map(({ name, type }) => ({ name, type }));
  return {
    abi: { major: abiMajor, minor: abiMinor },
    policy: { name: policy.name, version: policy.version },
    compiler: options.compiler,
    sources: options.sources,
    ...(options.simd ? { simd: true } : {}),
    ...(readsZones(policy) ? { time_zones: zoneRelease } : {}),
    ...(ir.facts.digest === undefined ? {} : { call_digest: true }),
    ...(ir.possibility === undefined ? {} : { possible: true }),
    ...(options.sessions ? { sessions: describeSessions(policy, ir) } : {}),
    schema: buildRequestSchema(policy),
    ...(obligations.length === 0 ? {} : { obligations }),
    ...(tables.length === 0 ? {} : { tables }),
  };
}

function describeSessions(policy: PolicyModel, ir: IrModule): ManifestSessions {
  const signals = ir.history?.signals.map(({ name }) => name);
  const payloads = signals === undefined ? {} : buildPayloadSchemas(policy);
  const shared = ir.history === undefined ? 0 : countSharedHistoryBytes(ir.history);
  return {
    bytes: countSessionBytes(ir.facts, countHistoryBytes(ir.history)),
    ...(shared === 0 ? {} : { shared_bytes: shared }),
    ...(shared === 0 ? {} : { shared_keys: listSharedKeys(policy) }),
    ...(signals === undefined ? {} : { signals }),
    ...(Object.keys(payloads).length === 0 ? {} : { payloads }),
    ...(declaresApprovals(policy.context) ? { approvals: true } : {}),
  };
}

/**
 * The paths of the strings in each key across sessions, each list once: of members that are those of the session when it records
 * the event, and not those that `where` compares, of which the request can have the value of another session's event.
 */
function listSharedKeys(policy: PolicyModel): readonly (readonly string[])[] {
  const patterns = collectPolicyHistory(policy).flatMap(({ term }) => listTermPatterns(term));
  const keys = patterns
    .filter(({ isShared }) => isShared)
    .map(({ key }) => key?.parts.filter(({ origin }) => origin === 'per') ?? [])
    .map((parts) => parts.map(({ ofRequest }) => ofRequest))
    .map((reads) => reads.filter(({ type }) => type.kind === 'String'));
  const lists = keys.map((reads) => reads.map(spellKeyRead));
  return [...new Map(lists.map((list) => [list.join(), list])).values()];
}

export function encodeCanonical(described: Manifest | EncodingSection): Uint8Array {
  const text = canonicalize(described);
  if (text === undefined) throw new Error('broken invariant: the manifest is not JSON');
  return new TextEncoder().encode(text);
}
