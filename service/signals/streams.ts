// The words of event streams, which receivers and transmitters share (SSF 1.0, sections 7 and 8).

export const pushMethod = 'urn:ietf:rfc:8935';
export const pollMethod = 'urn:ietf:rfc:8936';

/** The content type of a pushed token (RFC 8935, section 2.1). */
export const setContentType = 'application/secevent+jwt';

/** The metadata of an issuer: the path is inserted between host and path (SSF 1.0, section 7.2.1). */
export function buildMetadataUrl(issuer: string): URL {
  const url = new URL(issuer);
  const path = url.pathname === '/' ? '' : url.pathname;
  return new URL(`/.well-known/ssf-configuration${path}`, url);
}
