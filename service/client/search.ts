// Searches page by page (Authorization API 1.0, section 8).

import type { AuthZenObligation } from '@nhipol/runtime';
import { isMembers } from '../json/members.ts';
import type { SearchRequests } from './requests.ts';
import { createInvalidAnswerError } from './service-error.ts';
import type { CallOptions, Transport } from './transport.ts';

interface FoundContext {
  /** The requirements of the permit of this entity. */
  readonly context?: { readonly obligations?: readonly AuthZenObligation[] };
}

export interface FoundEntities {
  readonly subject: { readonly type: string; readonly id: string } & FoundContext;
  readonly resource: { readonly type: string; readonly id: string } & FoundContext;
  readonly action: { readonly name: string } & FoundContext;
}

export async function* search<Kind extends keyof SearchRequests>(
  transport: Transport,
  kind: Kind,
  request: SearchRequests[Kind],
  { pageSize, ...options }: CallOptions & { readonly pageSize?: number },
): AsyncGenerator<FoundEntities[Kind], void> {
  const limit = pageSize === undefined ? {} : { limit: pageSize };
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page = token === '' ? limit : { ...limit, token };
    const body = { ...request, page };
    const call = { method: 'POST', path: `/access/v1/search/${kind}`, body, ...options } as const;
    const value = await transport.send(call);
    if (!isMembers(value) || !Array.isArray(value.results)) {
      throw createInvalidAnswerError('the response is not a page of a search');
    }
    yield* value.results as FoundEntities[Kind][];
    token = readNextToken(value.page);
  }
}

/** Returns `undefined` if it was the last page. */
function readNextToken(page: unknown): string | undefined {
  const next = isMembers(page) ? page.next_token : undefined;
  return typeof next === 'string' && next !== '' ? next : undefined;
}
