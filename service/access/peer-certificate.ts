// A verified certificate as the facts that access and mappings read.

import type { X509Certificate } from 'node:crypto';
import type { Members } from '../json/members.ts';

export interface PeerCertificate {
  readonly subject: string;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  /** SHA-256 in hexadecimal. */
  readonly fingerprint: string;
}

export function readPeerCertificate(certificate: X509Certificate): PeerCertificate {
  const names = parseAlternativeNames(certificate.subjectAltName ?? '');
  const of = (kind: string) => names.filter((name) => name.kind === kind).map(({ name }) => name);
  return {
    subject: certificate.subject,
    uris: of('URI'),
    dnsNames: of('DNS'),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** The certificate as the input `peer` of mappings. */
export function listPeerMembers({
  subject,
  uris,
  dnsNames,
  fingerprint,
}: PeerCertificate): Members {
  return { subject, uris, dns_names: dnsNames, fingerprint };
}

/**
 * Node writes a name with a comma, a quote or another special character as a JSON string, so that one name cannot be read
 * as two.
 */
function parseAlternativeNames(text: string) {
  return [...text.matchAll(/([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map(
    ([, kind = '', name = '']) => ({ kind, name: name.startsWith('"') ? JSON.parse(name) : name }),
  ) as readonly { readonly kind: string; readonly name: string }[];
}
