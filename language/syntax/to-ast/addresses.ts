// Converts tokens of addresses and networks to their canonical spelling. An invalid one is reported and
// becomes `0.0.0.0`, so that it causes no further errors.

import type { IToken } from 'chevrotain';
import { proposeReplacement } from '../../diagnostics/fix.ts';
import { correctNetwork } from '../../types/addresses.ts';
import type { AddressNode } from '../ast.ts';
import { readAddress } from '../literals/address.ts';
import { getTokenSpan, type ParsedSource } from './cst.ts';

export function toAddress(source: ParsedSource, token: IToken): AddressNode {
  const span = getTokenSpan(source, token);
  const text = token.image;
  const read = readAddress(text);
  if (typeof read !== 'string') return { kind: 'Address', span, ...read, text };
  // A prefix length means a network, and determines the bits that must be zero.
  const network = correctNetwork(text);
  const fix = network === undefined ? {} : { fix: proposeReplacement(span, network) };
  source.reporter.report('bad-address', span, { text, reason: read }, fix);
  return text.includes('/')
    ? { kind: 'Address', span, type: 'Cidr', value: '0.0.0.0/0', text: '0.0.0.0/0' }
    : { kind: 'Address', span, type: 'Ip', value: '0.0.0.0', text: '0.0.0.0' };
}
