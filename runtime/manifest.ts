// The manifest out of a compiled module: its section's JSON comes in, checked data goes out, frozen,
// since answers share parts of it. Throws `LoadError`.

import { abiMajor, effectNames, type Manifest, manifestSection } from './abi.ts';
import { LoadError } from './load-error.ts';
import { fromUtf8 } from './text.ts';

export function readManifest(module: WebAssembly.Module): Manifest {
  const sections = WebAssembly.Module.customSections(module, manifestSection);
  const [section] = sections;
  if (section === undefined || sections.length > 1) {
    throw new LoadError(`the module has ${sections.length} manifests, and needs one`);
  }
  const manifest = parse(new Uint8Array(section));
  if (!hasAbi(manifest)) throw new LoadError("the module's manifest names no ABI version");
  expectAbi(manifest.abi.major);
  if (!isManifest(manifest)) throw new LoadError("the module's manifest is not as its ABI says");
  return freeze(manifest);
}

export function expectAbi(major: unknown): void {
  if (major !== abiMajor) {
    throw new LoadError(`the module keeps ABI ${String(major)}, and this host knows ${abiMajor}`);
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (cause) {
    throw new LoadError("the module's manifest is no JSON", { cause });
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const texts = list(text);
const isEffect: Check = (value) => effectNames.some((name) => name === value);

function list(element: Check): Check {
  return (value) => Array.isArray(value) && value.every(element);
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/** Members that are not named here may come with a later minor version. */
function record(members: Readonly<Record<string, Check>>): Check {
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(members).every(([name, check]) =>
      check(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined),
    );
}

const scalars = [
  'Bool',
  'Int',
  'Decimal',
  'String',
  'Timestamp',
  'Duration',
  'SpiffeId',
  'Ip',
  'Cidr',
];
const hasKind = (...kinds: readonly string[]) =>
  record({ kind: (kind) => kinds.includes(kind as string) });
const isEnum = record({ kind: (kind) => kind === 'Enum', name: text, members: texts });
const scalar: Check = (value) => hasKind(...scalars)(value) || isEnum(value);
const isSet = record({ kind: (kind) => kind === 'Set', element: scalar });
const type: Check = (value) => scalar(value) || isSet(value);

const errorRow = record({ name: text, expected: optional(text), found: optional(text) });
const source = record({ file: text, line: count, column: count });
const part: Check = (value) => text(value) || count(value);

const demand = record({
  obligation: count,
  properties: (properties) =>
    typeof properties === 'object' && properties !== null && Object.values(properties).every(count),
});
const obligation = record({
  name: text,
  type: text,
  properties: list(record({ name: text, type })),
});

const isShaped = record({
  policy: record({ name: text, version: text }),
  compiler: text,
  sources: text,
  simd: optional((value) => typeof value === 'boolean'),
  time_zones: optional(text),
  selectors: record({ subjects: texts, actions: texts, resources: texts }),
  paths: list(record({ path: text, expected: text })),
  errors: record({
    codes: (codes) =>
      typeof codes === 'object' && codes !== null && Object.values(codes).every(errorRow),
    found: texts,
  }),
  reasons: list(
    record({
      id: text,
      message: list(part),
      covers: texts,
      source,
      unknown: texts,
      asks: optional(record({ effect: isEffect, obligations: list(demand) })),
    }),
  ),
  rules: list(
    record({
      effects: list(isEffect),
      subjects: optional(texts),
      actions: optional(texts),
      resources: optional(texts),
      read: texts,
    }),
  ),
  choosers: texts,
  constraints: list(record({ name: text, type, merge: text, limits: optional(text) })),
  placeholders: list(scalar),
  obligations: optional(list(obligation)),
  properties: optional(list(type)),
  tables: optional(
    list(
      record({
        name: text,
        keys: list(record({ type: scalar, expected: text })),
        value: record({ type, expected: text, element: optional(text) }),
      }),
    ),
  ),
});

function hasAbi(value: unknown): value is Pick<Manifest, 'abi'> {
  return record({ abi: record({ major: count, minor: count }) })(value);
}

function isManifest(value: unknown): value is Manifest {
  return isShaped(value);
}
