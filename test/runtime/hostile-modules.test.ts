// Anything but a policy is rejected with a `LoadError`, in bounded time and memory, whatever its sections contain;
// and a host that knows the SHA-256 of its module loads no other.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { LoadError, load, loadStreaming, type Policy } from '@nhipol/runtime';
import { effects, encodingSection, manifestSection } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceSection, sectionText } from '../support/modules/module-sections.ts';

const folder = new URL('../conformance/modules/', import.meta.url);
const modules = readdirSync(folder)
  .filter((name) => name.endsWith('.wasm'))
  .map((name) => new Uint8Array(readFileSync(new URL(name, folder))))
  .filter((wasm) => sectionText(wasm, encodingSection) !== undefined);
const [first = new Uint8Array()] = modules;

/** Why a module does not load, or `undefined` if it does. */
function refusal(wasm: Uint8Array): string | undefined {
  try {
    load(wasm);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(LoadError);
    return (error as LoadError).message;
  }
}

function changeSection(section: string, change: (json: Json) => void): Uint8Array {
  const json = JSON.parse(sectionText(first, section) ?? '') as Json;
  change(json);
  return replaceSection(first, section, JSON.stringify(json));
}

// biome-ignore lint/suspicious/noExplicitAny: any part of it is changed.
type Json = any;

test('the modules exist, and one with the same sections loads', () => {
  expect(modules.length).toBeGreaterThan(20);
  expect(refusal(changeSection(manifestSection, () => {}))).toBeUndefined();
});

test.each([manifestSection, encodingSection])('deep nesting in %s is rejected', (section) => {
  const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
  const what = section === manifestSection ? 'manifest' : 'encoding';
  const message = `the module's ${what} is nested deeper than 128 levels`;
  expect(refusal(replaceSection(first, section, deep))).toBe(message);
  const unclosed = '{"a":'.repeat(200_000);
  expect(refusal(replaceSection(first, section, unclosed))).toBe(message);
});

test('brackets in strings are not levels', () => {
  const named = changeSection(manifestSection, (manifest) => {
    manifest.later = `"${'['.repeat(1000)}\\`;
  });
  expect(refusal(named)).toBeUndefined();
});

test('an oversized section is rejected unread', () => {
  const large = `"${' '.repeat(16 * 1024 * 1024)}"`;
  expect(refusal(replaceSection(first, manifestSection, large))).toBe(
    "the module's manifest is larger than 16777216 bytes",
  );
});

const isNot = "the module's encoding does not conform to the ABI";
const isOutside = "the module's encoding contains addresses outside of its memory";

test.each<[string, (encoding: Json) => void, string]>([
  [
    'a million pairs',
    (encoding) => {
      encoding.atoms.pairs = 1_000_000;
    },
    isNot,
  ],
  [
    'more pairs than memory',
    (encoding) => {
      encoding.atoms.pairs = 65_536;
    },
    isOutside,
  ],
  [
    'pairs beyond memory',
    (encoding) => {
      encoding.atoms.address = 2 ** 40;
    },
    isOutside,
  ],
  [
    'facts of 4 GiB',
    (encoding) => {
      encoding.facts.size = 2 ** 32;
    },
    isNot,
  ],
  [
    'facts beyond memory',
    (encoding) => {
      encoding.facts.address = 2 ** 31;
    },
    isOutside,
  ],
  [
    'room beyond memory',
    (encoding) => {
      encoding.room = 2 ** 31;
    },
    isOutside,
  ],
  [
    'an odd address',
    (encoding) => {
      encoding.facts.address += 1;
    },
    isNot,
  ],
  [
    'a bit that no pair has',
    (encoding) => void encoding.tests.push([64 * encoding.atoms.pairs, 'is', 0, ['a']]),
    isNot,
  ],
])('an encoding with %s is rejected', (_, change, message) => {
  expect(refusal(changeSection(encodingSection, change))).toBe(message);
});

/**
 * Work for each of `n` names and shapes, as a ratio: quadratic work would take four times as long for twice the
 * number.
 */
test('names and shapes are matched in linear time', () => {
  const createShapes = (n: number) => {
    const names = Array.from({ length: n }, (_, at) => `name${at}`);
    return changeSection(encodingSection, (encoding) => {
      encoding.selectors.actions = names;
      encoding.action.shapes = names.map((_, at) => ({ selectors: [n - at], members: [] }));
    });
  };
  const time = (wasm: Uint8Array) => {
    const times = Array.from({ length: 5 }, () => {
      const started = performance.now();
      load(wasm);
      return performance.now() - started;
    });
    return Math.min(...times);
  };
  const [small, large] = [createShapes(5_000), createShapes(40_000)];
  time(small);
  // Eight times as many: linear work takes about 8 times as long, quadratic work 64 times.
  expect(time(large) / time(small)).toBeLessThan(32);
});

const request = JSON.stringify({
  subject: { type: 'ai_agent', id: 'a' },
  action: { name: 'read' },
  resource: { type: 'record', id: 'r' },
  context: { time: '2026-03-03T10:00:00Z' },
});

/** A host turns every result of a loaded module into a well-formed answer. */
function answers(policy: Policy): void {
  for (const answer of [policy.decide(JSON.parse(request)), policy.decideJson(request)]) {
    expect(effects).toContain(answer.effect);
    expect(answer.decision).toBe(answer.effect === 'permit' || answer.effect === 'narrow');
    expect(Array.isArray(answer.reasons)).toBe(true);
  }
}

function tryModule(wasm: Uint8Array): void {
  let policy: Policy;
  try {
    policy = load(wasm);
  } catch (error) {
    expect(error).toBeInstanceOf(LoadError);
    return;
  }
  answers(policy);
}

const anySection = fc.constantFrom(manifestSection, encodingSection);

/** Replacements for a number, a string, an array or an object. */
const hostileValue = fc.constantFrom<Json>(
  0,
  1,
  -1,
  0.5,
  255,
  65_536,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  1e308,
  '',
  'x',
  '\u0000',
  '__proto__',
  '9'.repeat(400),
  null,
  true,
  [],
  {},
  [[]],
  [0],
  ['x'],
  { kind: 'Int' },
  { kind: 'Set' },
);

test('a section with some of its values replaced is rejected, or its module answers', () => {
  const change = fc.record({ at: fc.nat(), value: hostileValue });
  fc.assert(
    fc.property(
      fc.constantFrom(...modules),
      anySection,
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (wasm, section, changes) => {
        const json = JSON.parse(sectionText(wasm, section) ?? '') as Json;
        for (const { at, value } of changes) {
          const places = listPlaces(json);
          const [holder, key] = places[at % places.length] ?? [json, 'policy'];
          holder[key] = value;
        }
        tryModule(replaceSection(wasm, section, JSON.stringify(json)));
      },
    ),
    { numRuns: 400 },
  );
});

test('a section with some of its bytes flipped is rejected, or its module answers', () => {
  const flip = fc.record({ at: fc.nat(), bit: fc.nat({ max: 7 }) });
  fc.assert(
    fc.property(
      fc.constantFrom(...modules),
      anySection,
      fc.array(flip, { minLength: 1, maxLength: 4 }),
      (wasm, section, flips) => {
        const bytes = new TextEncoder().encode(sectionText(wasm, section) ?? '');
        for (const { at, bit } of flips) {
          const place = at % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        }
        tryModule(replaceSection(wasm, section, new TextDecoder().decode(bytes)));
      },
    ),
    { numRuns: 400 },
  );
});

function listPlaces(json: Json): readonly [Json, string][] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.keys(json).flatMap((key) => [
    [json, key] as [Json, string],
    ...listPlaces(json[key]),
  ]);
}

// --- the expected digest ---------------------------------------------------------------------------

const digest = createHash('sha256').update(first).digest();

function arriving(body: Uint8Array, status = 200): Response {
  return new Response(body as BodyInit, {
    status,
    headers: { 'content-type': 'application/wasm' },
  });
}

test('a module with the expected SHA-256 loads, and no other', async () => {
  const [other = first] = modules.filter((each) => each !== first);
  for (const sha256 of [
    digest.toString('hex'),
    digest.toString('hex').toUpperCase(),
    new Uint8Array(digest),
  ]) {
    expect(load(first, { sha256 }).manifest).toEqual(load(first).manifest);
    expect(() => load(other, { sha256 })).toThrow(/^the module's SHA-256 is .*, expected .*$/);
    expect((await loadStreaming(arriving(first), { sha256 })).manifest).toEqual(
      load(first).manifest,
    );
    await expect(loadStreaming(arriving(other), { sha256 })).rejects.toBeInstanceOf(LoadError);
  }
});

test('an invalid expected SHA-256 is rejected, and so is a module without bytes', async () => {
  const malformed = '`sha256` is not 64 hexadecimal digits or 32 bytes';
  for (const sha256 of ['', 'abc', digest.toString('base64'), new Uint8Array(31), 5 as never]) {
    expect(() => load(first, { sha256 })).toThrow(new LoadError(malformed));
  }
  const compiled = new WebAssembly.Module(first as BufferSource);
  const sha256 = digest.toString('hex');
  expect(() => load(compiled, { sha256 })).toThrow('not a compiled one');
  await expect(loadStreaming(arriving(first, 404), { sha256 })).rejects.toThrow(
    'no module came: the server answered with status 404',
  );
});
