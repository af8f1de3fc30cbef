// What looks like an address or a network in a policy, and what is wrong with it. A v4 address has four
// numbers, a v6 address `::` or eight groups: so no record, no time of day and no decimal is one.

import { networkAround, readCidr, readIp } from '../../types/addresses.ts';

const dotted = '[0-9]{1,8}(?:\\.[0-9]{1,8}){3}';
const group = '[0-9A-Fa-f]{1,8}';
const groups = `${group}(?::${group}){0,9}`;
const colons = `(?:${groups})?::(?:(?:${group}:){0,9}(?:${dotted}|${group}))?|(?:${group}:){6}(?:${dotted}|${group}:${group})`;

/** Its parts may be too long or too many, so that the message is about the whole. */
export const addressPattern = new RegExp(`(?:${dotted}|${colons})(?:/[0-9]{1,8})?(?![0-9A-Za-z_])`);

export interface AddressLiteral {
  readonly type: 'Ip' | 'Cidr';
  /** In its one spelling. */
  readonly value: string;
}

/** The address, or why it is none. */
export function readAddress(text: string): AddressLiteral | string {
  const type = text.includes('/') ? 'Cidr' : 'Ip';
  const value = type === 'Cidr' ? readCidr(text) : readIp(text);
  if (value !== undefined) return { type, value };
  const around = networkAround(text);
  if (around !== undefined) return `it is an address within the network \`${around}\``;
  const [address = ''] = text.split('/');
  if (readIp(address) !== undefined) {
    const most = address.includes(':') ? 128 : 32;
    return `its length is not a number from 0 to ${most} without leading zeros`;
  }
  return address.includes(':')
    ? 'it does not have eight groups of up to four hexadecimal digits, some of which `::` can replace'
    : 'it does not have four numbers from 0 to 255 without leading zeros';
}
