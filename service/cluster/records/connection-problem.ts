// Says why no connection to NATS is possible, from the errors of its client and of Node.js.

import { errors } from '@nats-io/transport-node';
import { formatErrorMessage } from '../../support/message-of.ts';

const sentences: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another host',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'the private key does not belong to the certificate',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host is not known',
};
/** Codes of OpenSSL for a chain that does not end at an authority that is trusted. */
const untrusted: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'CERT_SIGNATURE_FAILURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

export interface GivenProof {
  readonly hasCredentials: boolean;
  /** Whether TLS is used without a certificate of the node. */
  readonly mayLackCertificate: boolean;
}

export function describeConnectionProblem(
  error: unknown,
  { hasCredentials, mayLackCertificate }: GivenProof,
): string {
  if (error instanceof errors.AuthorizationError) {
    return hasCredentials
      ? 'the server refuses the credentials'
      : 'the server requires credentials, and none are given';
  }
  if (error instanceof errors.TimeoutError) {
    // A server that requires a certificate ends the connection without a word.
    return mayLackCertificate
      ? 'the server does not answer; it may require a certificate of the node'
      : 'the server does not answer';
  }
  const message = formatErrorMessage(error);
  if (message.includes("server does not support 'tls'")) return 'the server has no TLS';
  if (message.includes('is not available on this server')) return 'the server requires TLS';
  const code = readErrorCode(error) ?? '';
  if (untrusted.has(code)) {
    return 'the certificate of the server is not signed by an authority that is trusted';
  }
  return sentences[code] ?? message;
}

function readErrorCode(error: unknown): string | undefined {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (typeof code === 'string') return code;
  return cause instanceof Error ? readErrorCode(cause) : undefined;
}
