// The kinds of values of generated expressions, named as their types are written, with their literals. A
// scalar that is added here is generated, declared in every presence and used everywhere.

const scalarTable = {
  Bool: { literals: ['true', 'false'], json: 'true' },
  Int: { literals: ['0', '1', '5', '-3', '9223372036854775807', 'few'], json: '5' },
  Decimal: {
    literals: ['0.0', '2.5', '-0.000001', '0.333333', '9223372036854.775807'],
    json: '2.5',
  },
  Duration: { literals: ['0s', '5m', '1h', '250ms', '1d', 'soon'], json: '5m' },
  Timestamp: {
    literals: ['2026-03-03T10:00:00Z', '2026-03-03T09:55:00.000Z'],
    json: '2026-03-03T10:00:00Z',
  },
  String: { literals: ['"a"', '"prod"', '"x"', '"ä"', '"a/b"', '"act.run"'], json: '"prod"' },
  SpiffeId: {
    literals: ['spiffe("spiffe://prod.example/ns/a")'],
    json: '"spiffe://prod.example/ns/a"',
  },
  Level: { literals: ['Level.LOW', 'Level.MEDIUM', 'Level.HIGH'], json: 'MEDIUM' },
  Kind: { literals: ['Kind.plain', 'Kind."odd one"', 'Kind.other'], json: '"odd one"' },
  Ip: {
    literals: ['10.0.0.1', '2001:DB8::1', '::ffff:10.255.255.255', 'ip("::1")'],
    json: '10.0.0.1',
  },
  Cidr: {
    literals: ['10.0.0.0/8', '2001:db8::/33', '::/0', '0.0.0.0/0', 'cidr("10.0.0.1/32")', 'home'],
    json: '10.0.0.0/8',
  },
} as const;

export type Scalar = keyof typeof scalarTable;
export type Kind = Scalar | `Set<${Scalar}>` | `List<${Scalar}>`;

export const scalars = Object.keys(scalarTable) as readonly Scalar[];
export const ordered: readonly Scalar[] = ['Int', 'Decimal', 'Duration', 'Timestamp', 'Level'];
export const kinds: readonly Kind[] = [
  ...scalars,
  ...scalars.map((each) => `Set<${each}>` as const),
  ...scalars.map((each) => `List<${each}>` as const),
];

export function isList(kind: Kind): boolean {
  return kind.startsWith('List<');
}

/** Returns `undefined` if it is neither a set nor a list. */
export function getElement(kind: Kind): Scalar | undefined {
  const [, element] = /^(?:Set|List)<(\w+)>$/.exec(kind) ?? [];
  return element as Scalar | undefined;
}

const setLiterals: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  'Set<String>': ['{ "a", "x" }', '{ "prod" }', 'usual'],
  'Set<Int>': ['{ 1, 5 }', '{ 0 }'],
  'Set<Decimal>': ['{ 1, 2.5 }', '{ 0.5 }'],
  'Set<Level>': ['{ Level.LOW }', '{ Level.HIGH, Level.LOW }'],
  'Set<Ip>': ['{ 10.0.0.1, ::1 }', '{ 2001:db8::1 }'],
  'Set<Cidr>': ['{ 10.0.0.0/8 }', '{ 2001:db8::/32, 192.0.2.0/24 }'],
};

/** A list has only the empty literal, which can only be a default. */
export function listLiterals(kind: Kind): readonly string[] {
  const element = getElement(kind);
  if (element === undefined) return scalarTable[kind as Scalar].literals;
  if (isList(kind)) return [];
  const [first, second] = scalarTable[element].literals;
  return setLiterals[kind] ?? [`{ ${first} }`, `{ ${[second ?? first, first].join(', ')} }`];
}

export function writeDefault(kind: Kind): string {
  return isList(kind) ? '[]' : (listLiterals(kind)[0] ?? '');
}

/** The JSON in the request of a test. */
export function writeJson(kind: Kind): string {
  const element = getElement(kind);
  return element === undefined
    ? scalarTable[kind as Scalar].json
    : `[${scalarTable[element].json}]`;
}

/** As written within a string. */
export function escapeString(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
