// Recognizes literals of addresses and networks and validates them. A v4 address has four numbers, and a v6
// address `::` or eight groups, so they cannot be confused with records, times of day and decimals.

import { correctNetwork, readCidr, readIp } from '../../types/addresses.ts';

const dotted = '[0-9]{1,8}(?:\\.[0-9]{1,8}){3}';
const group = '[0-9A-Fa-f]{1,8}';
const groups = `${group}(?::${group}){0,9}`;
const colons = `(?:${groups})?::(?:(?:${group}:){0,9}(?:${dotted}|${group}))?|(?:${group}:){6}(?:${dotted}|${group}:${group})`;

/** Also matches addresses whose parts are too long or too many, so that there is one message for the whole. */
export const addressPattern = new RegExp(`(?:${dotted}|${colons})(?:/[0-9]{1,8})?(?![0-9A-Za-z_])`);

export interface AddressLiteral {
  readonly type: 'Ip' | 'Cidr';
  /** The canonical spelling. */
  readonly value: string;
}

/** Returns the address, or the reason why it is not valid. */
export function readAddress(text: string): AddressLiteral | string {
  const type = text.includes('/') ? 'Cidr' : 'Ip';
  const value = type === 'Cidr' ? readCidr(text) : readIp(text);
  if (value !== undefined) return { type, value };
  const around = correctNetwork(text);
  if (around !== undefined) return `it is an address within the network \`${around}\``;
  const [address = ''] = text.split('/');
  if (readIp(address) !== undefined) {
    const maxBits = address.includes(':') ? 128 : 32;
    return `its length is not a number from 0 to ${maxBits} without leading zeros`;
  }
  return address.includes(':')
    ? 'it does not have eight groups of up to four hexadecimal digits, some of which `::` can replace'
    : 'it does not have four numbers from 0 to 255 without leading zeros';
}
