// Spells values as literals that parse to the same value. Invisible and unnormalized characters in strings
// are escaped, so that parsing reports nothing.

import { showDecimal } from '../../support/decimal.ts';

const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
const beyondAscii = /[^\0-\x7f]/g;

export function quote(value: string): string {
  const printed = JSON.stringify(value).replace(invisible, escapeUnits);
  return printed.normalize('NFC') === printed ? printed : printed.replace(beyondAscii, escapeUnits);
}

/** Spells a name of the policy: quoted, unless it is an identifier. */
export function spellName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quote(name);
}

function escapeUnits(text: string): string {
  return [...Array(text.length).keys()]
    .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

/** Spells a Decimal with at least one digit after the point, so that it does not parse as an Int. */
export function spellDecimal(millionths: bigint): string {
  const shortest = showDecimal(millionths);
  return shortest.includes('.') ? shortest : `${shortest}.0`;
}
