// Varies a request as other clients, careless or hostile ones might send it: other layout, order and
// escapes, other values, duplicate members, truncated, with changed bytes. Most variations are JSON.

import fc from 'fast-check';

type Vary = (text: string) => fc.Arbitrary<string>;

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/gs;

function splitTokens(text: string): string[] {
  return text.match(token) ?? [];
}

/** JSON values, few of which are of the type that a member declares. */
const values = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '{}', '[]', '0', '-0', '1e2', '1.50', '-7', '01', '"'),
  fc.constantFrom(
    '[null]',
    '[{}]',
    '["a","a"]',
    '{"a":{"b":[1]}}',
    '[["x"]]',
    '"2026-11-25T09:30:00.000Z"',
  ),
  fc.constantFrom('"é€😀"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\u0061\\/"', '"\t"', '""', '"\\"'),
  fc.constantFrom(
    '123456789012345678901234567890',
    '9223372036854775807',
    '0.0000005',
    '"10.0.0.1"',
  ),
  fc.nat({ max: 40 }).map((length) => `"${'x'.repeat(length)}"`),
  fc.constantFrom(4096, 4097).map((length) => `"${'y'.repeat(length)}"`),
  fc.constant(`[${Array.from({ length: 257 }, (_, index) => index).join()}]`),
  fc.constant(`${'['.repeat(17)}${']'.repeat(17)}`),
);

const leaveText: Vary = (text) => fc.constant(text);

const changeLayout: Vary = (text) =>
  fc.constantFrom(' ', '\t', '    ', '\r\n', ':').map((space) => {
    if (space === ':')
      return splitTokens(text)
        .map((each) => (each === ':' ? ' : ' : each))
        .join('');
    return isJson(text) ? JSON.stringify(JSON.parse(text), null, space) : text;
  });

const reorderMembers: Vary = (text) =>
  fc
    .infiniteStream(fc.nat())
    .map((choices) =>
      isJson(text) ? JSON.stringify(shuffleMembers(JSON.parse(text), choices)) : text,
    );

function shuffleMembers(value: unknown, choices: Iterator<number>): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  const rest = Object.entries(value);
  const entries: [string, unknown][] = [];
  while (rest.length > 0) {
    const [name, inner] = rest.splice(choices.next().value % rest.length, 1)[0] ?? ['', null];
    entries.push([name, shuffleMembers(inner, choices)]);
  }
  return Object.fromEntries(entries);
}

/** Replaces one token by the result of `change`. */
function changeTokens(
  isChosen: (token: string) => boolean,
  change: (token: string) => fc.Arbitrary<string>,
): Vary {
  return (text) => {
    const tokens = splitTokens(text);
    const places = tokens.flatMap((each, index) => (isChosen(each) ? [index] : []));
    if (places.length === 0) return fc.constant(text);
    return fc
      .constantFrom(...places)
      .chain((place) =>
        change(tokens[place] ?? '').map((other) => tokens.with(place, other).join('')),
      );
  };
}

const escaped = changeTokens(
  (each) => each.startsWith('"') && each.length > 2,
  (each) =>
    fc.nat({ max: each.length - 3 }).map((at) => {
      const code = each
        .charCodeAt(at + 1)
        .toString(16)
        .padStart(4, '0');
      return `${each.slice(0, at + 1)}\\u${code}${each.slice(at + 2)}`;
    }),
);
const otherValue = changeTokens(
  (each) => !/^[{}[\],:]$/.test(each),
  () => values,
);
const anotherMember = changeTokens(
  (each) => each === '{',
  () =>
    fc
      .tuple(
        fc.constantFrom('type', 'id', 'properties', 'context', 'time', 'note', 'é', 'a'),
        values,
      )
      .map(([name, value]) => `{"${name}":${value},`),
);
const withoutToken = changeTokens(
  () => true,
  () => fc.constant(''),
);

const cut: Vary = (text) => fc.nat({ max: text.length }).map((length) => text.slice(0, length));

const variations = fc.oneof(
  { weight: 6, arbitrary: fc.constant(leaveText) },
  { weight: 2, arbitrary: fc.constantFrom(changeLayout, reorderMembers) },
  { weight: 2, arbitrary: fc.constant(escaped) },
  { weight: 4, arbitrary: fc.constant(otherValue) },
  { weight: 2, arbitrary: fc.constantFrom(anotherMember, withoutToken, cut) },
);

/** Changes of bytes that result in invalid UTF-8. */
const byteChanges = fc.oneof(
  { weight: 9, arbitrary: fc.constant([]) },
  fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 2 }),
);

export function varyRequest(text: string): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(variations, variations)
    .chain(([first, second]) => first(text).chain(second))
    .chain((varied) =>
      byteChanges.map((changes) => {
        const bytes = new TextEncoder().encode(varied);
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      }),
    );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
