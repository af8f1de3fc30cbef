// The traits of a client, which depend on its revision of MCP. Until 2025-11-25 client and server agree on a revision when they
// connect; since 2026-07-28 each request states it, and the capabilities of the client.

import { isMembers, type Members } from '../../json/members.ts';

/** The first revision in which requests are stateless and a server asks by `input_required`. */
const firstStateless = '2026-07-28';

export interface ClientTraits {
  /** Whether results have a `resultType`, and a client is asked by a result. */
  readonly isStateless: boolean;
  /** Whether the client can ask its user. */
  readonly canElicit: boolean;
}

/** The revision that a request states, or `undefined` if it states none. */
export function readRevision({ _meta }: Members): unknown {
  return isMembers(_meta) ? _meta['io.modelcontextprotocol/protocolVersion'] : undefined;
}

/** `capabilities`: those of `initialize`, for a client of an earlier revision. */
export function readTraits(params: Members, capabilities: Members | undefined): ClientTraits {
  const meta = isMembers(params._meta) ? params._meta : {};
  const version = readRevision(params);
  const isStateless = typeof version === 'string' && version >= firstStateless;
  const stated = isStateless ? meta['io.modelcontextprotocol/clientCapabilities'] : capabilities;
  const elicitation = isMembers(stated) ? stated.elicitation : undefined;
  // Without a mode, a client supports forms.
  const canElicit =
    isMembers(elicitation) && (elicitation.form !== undefined || elicitation.url === undefined);
  return { isStateless, canElicit };
}
