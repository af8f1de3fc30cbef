// Certificates of clients and of callers, which are read again and again: reading one takes longer than a decision.

import { X509Certificate } from 'node:crypto';
import { type PeerCertificate, readPeerCertificate } from '../access/peer-certificate.ts';

const maxKnown = 1_000;
const known = new Map<string, PeerCertificate | undefined>();

/** Returns `undefined` if it cannot be read. `pem`: a certificate as Envoy sends it, percent-encoded PEM. */
export function parsePemCertificate(pem: string): PeerCertificate | undefined {
  return read(pem, () => new X509Certificate(decodeURIComponent(pem)));
}

/** `der`: the certificate of a connection. */
export function parseDerCertificate(der: Buffer): PeerCertificate | undefined {
  return read(der.toString('latin1'), () => new X509Certificate(der));
}

function read(key: string, parse: () => X509Certificate): PeerCertificate | undefined {
  if (known.has(key)) return known.get(key);
  let certificate: PeerCertificate | undefined;
  try {
    certificate = readPeerCertificate(parse());
  } catch {
    certificate = undefined;
  }
  if (known.size >= maxKnown) known.clear();
  known.set(key, certificate);
  return certificate;
}
