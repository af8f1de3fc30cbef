// Arbitraries for IP addresses and networks, in all of their spellings, and for strings that are almost
// addresses.

import fc from 'fast-check';

const octet = fc.oneof(
  fc.constantFrom(0, 1, 9, 10, 99, 100, 127, 128, 199, 200, 249, 250, 255),
  fc.nat(255),
);
const quad = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const group = fc.oneof(
  { weight: 3, arbitrary: fc.constant('0') },
  fc.constantFrom('00', '0000', 'ffff', 'FFFF', 'a', '0db8', 'a00', '1'),
  fc.nat(0xffff).map((value) => value.toString(16)),
);

/** Eight groups, some of which can be omitted, and the last two can be a dotted quad. */
const hexadecimal = fc
  .record({
    groups: fc.array(group, { minLength: 8, maxLength: 8 }),
    isMapped: fc.boolean(),
    tail: fc.option(quad, { nil: undefined }),
    gap: fc.option(fc.tuple(fc.nat(8), fc.nat(8)), { nil: undefined }),
  })
  .map(({ groups, isMapped, tail, gap }) => {
    const start = isMapped ? ['0', '0', '0', '0', '0', 'ffff'] : groups.slice(0, 6);
    const parts = [...start, ...(tail === undefined ? groups.slice(6) : [tail])];
    if (gap === undefined) return parts.join(':');
    const [from, to] = [Math.min(...gap), Math.max(...gap)];
    return `${parts.slice(0, from).join(':')}::${parts.slice(to).join(':')}`;
  });

const spoiler = fc.constantFrom(
  '',
  '',
  ' ',
  '%eth0',
  '.',
  ':',
  '::',
  '0',
  '00',
  '1',
  '256',
  '/',
  '/8',
  'g',
  '-',
  '٣',
  'x',
  '\n',
  '\0',
);

/** A string with another one inserted, or with a part removed. */
function damageTexts(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(texts, fc.nat(45), fc.nat(2), spoiler)
    .map(([text, at, left, put]) => text.slice(0, at) + put + text.slice(at + left));
}

const good = fc.oneof(quad, hexadecimal);

export const addressTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: good },
  damageTexts(good),
  fc.constantFrom('', '::', ':', ':::', '1.2.3', '1.2.3.4.5', '0x7f.1', '0177.0.0.1', '1'),
);

const length = fc.oneof(
  fc.constantFrom(
    '0',
    '8',
    '31',
    '32',
    '33',
    '64',
    '95',
    '96',
    '97',
    '127',
    '128',
    '129',
    '08',
    '',
    '-1',
    '+8',
  ),
  fc.nat(128).map(String),
);

export const networkTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(good, length).map((parts) => parts.join('/')) },
  damageTexts(fc.tuple(good, length).map((parts) => parts.join('/'))),
  addressTexts,
);
