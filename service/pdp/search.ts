// Finds what would be permitted (Authorization API 1.0, section 8): subjects and resources of the inventory, and actions of
// the policy. Nothing is searched if no completion of the request could be permitted. A search changes nothing: it uses up
// no approval, no session records it, and it is not logged.

import { createHash } from 'node:crypto';
import type { Members } from '../json/members.ts';
import {
  type Asking,
  confirmAsking,
  type DecisionPoint,
  type Generation,
} from './decision-point.ts';
import { Problem } from './problem.ts';
import { expectMember, expectText } from './requests/entities.ts';
import { isObject, stringifyExactly } from './requests/exact-json.ts';
import { takeTurns } from './turns.ts';

export type Searched = 'subject' | 'resource' | 'action';

export interface SearchResult {
  readonly page: { readonly next_token: string; readonly count: number };
  readonly results: readonly Members[];
}

/** The number of results on a page that states no limit, and the largest one. */
const maxPage = 1_000;
/** The candidates that one request evaluates at most; the next page continues after them. */
const maxCandidates = 10_000;

/** A candidate by the key that orders candidates and that a token continues after. */
interface Candidate {
  readonly key: string;
  readonly entity: Members;
}

/** Throws a `Problem` for a request that is invalid, or whose page token belongs to another one. */
export async function searchEntities(
  point: DecisionPoint,
  searched: Searched,
  request: Members,
  given: Asking,
): Promise<SearchResult> {
  const generation = point.generation;
  let asking = { ...given, generation };
  const page = isObject(request.page) ? request.page : {};
  const limit = typeof page.limit === 'number' ? Math.min(page.limit, maxPage) : maxPage;
  const digest = computeDigest(searched, request);
  const after =
    typeof page.token === 'string' && page.token !== '' ? readKey(page.token, digest) : '';
  const { page: _, ...rest } = request;
  const results: Members[] = [];
  let latest = after;
  let seen = 0;
  const turn = takeTurns();
  for (const { key, entity } of listCandidates(point, searched, rest, asking)) {
    if (key <= after) continue;
    if (results.length >= limit || seen === maxCandidates) {
      return { page: { next_token: createToken(latest, digest), count: results.length }, results };
    }
    seen += 1;
    latest = key;
    await turn();
    asking = await confirmAsking(asking);
    const response = await point.preview({ ...rest, [searched]: entity }, asking);
    if (response.decision) results.push(showEntity(entity, response.context));
  }
  return { page: { next_token: '', count: results.length }, results };
}

/** In ascending order of their keys. */
function listCandidates(
  point: DecisionPoint,
  searched: Searched,
  request: Members,
  asking: Asking & { readonly generation: Generation },
): readonly Candidate[] {
  const { generation } = asking;
  if (searched === 'action') {
    return listActions(generation).map((name) => ({ key: name, entity: { name } }));
  }
  const type = expectText(
    expectMember(request[searched], `$.${searched}`).type,
    `$.${searched}.type`,
  );
  // Without an id and properties, the answer holds for every candidate.
  if (!point.couldPermit({ ...request, [searched]: { type } }, asking)) return [];
  const inventoryEntities = generation.inventory?.ofType(type) ?? [];
  return inventoryEntities.map(({ id, properties }) => ({
    key: id,
    entity: { type, id, ...(properties === undefined ? {} : { properties }) },
  }));
}

/** The actions that the policy declares or has rules for: the examples in the schema of its requests. */
function listActions({ module }: Generation): readonly string[] {
  const schema: unknown = module.policy.manifest.schema;
  const at = (value: unknown, name: string): unknown =>
    isObject(value) && isObject(value.properties) ? value.properties[name] : undefined;
  const name = at(at(schema, 'action'), 'name');
  return isObject(name) && Array.isArray(name.examples) ? name.examples.map(String) : [];
}

/** The entity as in a request, without properties; the obligations of its permit are with it. */
function showEntity({ type, id, name }: Members, context: Members | undefined): Members {
  const entity = name === undefined ? { type, id } : { name };
  const obligations = context?.obligations;
  return obligations === undefined ? entity : { ...entity, context: { obligations } };
}

/** The digest of what must be the same on every page. */
function computeDigest(searched: Searched, { page: _, ...request }: Members): string {
  return createHash('sha256')
    .update(`${searched} ${stringifyExactly(request)}`)
    .digest('base64url')
    .slice(0, 22);
}

function createToken(key: string, digest: string): string {
  return Buffer.from(JSON.stringify([digest, key])).toString('base64url');
}

function readKey(token: string, digest: string): string {
  const path = '$.page.token';
  let read: unknown;
  // A token is an array of two strings, in which no object can have a name twice.
  try {
    read = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw new Problem(400, `${path}: expected a token of the previous page`, { path });
  }
  const [given, key] = Array.isArray(read) ? read : [];
  if (given !== digest || typeof key !== 'string') {
    throw new Problem(400, `${path}: expected a token of the same request, found another`, {
      path,
    });
  }
  return key;
}
