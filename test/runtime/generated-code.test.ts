// After a hundred requests, the code that writes them is generated from the module's encoding: where the host allows it,
// and with the same answers. Nothing in an encoding becomes code of its own.

import { readdirSync, readFileSync } from 'node:fs';
import { load } from '@nhipol/runtime';
import { encodingSection } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { generateWriter } from '../../runtime/direct/source/generated-writer.ts';
import { runs } from '../support/budget.ts';
import { replaceSection, sectionText } from '../support/modules/module-sections.ts';

const folder = new URL('../conformance/', import.meta.url);
const modules = readdirSync(new URL('modules/', folder))
  .filter((name) => name.endsWith('.wasm'))
  .map((name) => new Uint8Array(readFileSync(new URL(`modules/${name}`, folder))))
  .filter((wasm) => sectionText(wasm, encodingSection) !== undefined);
const [module = new Uint8Array()] = modules;
const request = {
  subject: { type: 'a', id: 'b' },
  action: { name: 'c' },
  resource: { type: 'd', id: 'e' },
};

afterEach(() => vi.unstubAllGlobals());

/** Counts what is made with `new Function`; `isAllowed`: whether the host runs it. */
function watchCode(isAllowed = true): { count: number } {
  const made = { count: 0 };
  const Original = Function;
  vi.stubGlobal(
    'Function',
    class {
      constructor(source: string) {
        made.count += 1;
        if (!isAllowed) throw new EvalError('code generation from strings is disallowed');
        // biome-ignore lint/correctness/noConstructorReturn: as the original returns a function.
        return new Original(source);
      }
    },
  );
  return made;
}

function decideOften(policy: ReturnType<typeof load>, count: number) {
  return Array.from({ length: count }, () => policy.decide(request, { now: 0 }));
}

test('code is generated once, at the hundredth request', () => {
  const made = watchCode();
  const policy = load(module);
  decideOften(policy, 99);
  expect(made.count).toBe(0);
  decideOften(policy, 1000);
  expect(made.count).toBe(1);
});

test('no code is generated if the caller says so', () => {
  const made = watchCode();
  decideOften(load(module, { generateCode: false }), 1000);
  expect(made.count).toBe(0);
});

test.each(['document', 'WorkerGlobalScope'])(
  'where %s exists, no code is generated unless the caller says so',
  (name) => {
    const made = watchCode();
    vi.stubGlobal(name, {});
    decideOften(load(module), 1000);
    expect(made.count).toBe(0);
    decideOften(load(module, { generateCode: true }), 1000);
    expect(made.count).toBe(1);
  },
);

test('a host that refuses code is asked once, and decides the same', () => {
  const [expected] = decideOften(load(module, { generateCode: false }), 1);
  const made = watchCode(false);
  const answers = decideOften(load(module), 1000);
  expect(made.count).toBe(1);
  for (const answer of answers) expect(answer).toEqual(expected);
});

interface Case {
  readonly module: string;
  readonly steps: readonly {
    readonly do: string;
    readonly request?: string;
    readonly now?: number;
  }[];
}

test('the conformance cases are decided the same with code as without', () => {
  let compared = 0;
  for (const name of readdirSync(new URL('cases/', folder))) {
    const { module: path, steps } = JSON.parse(
      readFileSync(new URL(`cases/${name}`, folder), 'utf8'),
    ) as Case;
    const wasm = new Uint8Array(readFileSync(new URL(path, folder)));
    if (sectionText(wasm, encodingSection) === undefined) continue;
    const [generated, plain] = [load(wasm), load(wasm, { generateCode: false })];
    decideOften(generated, 200);
    for (const { request: text, now = 0 } of steps) {
      if (text === undefined) continue;
      let object: unknown;
      try {
        object = JSON.parse(text);
      } catch {
        continue;
      }
      expect(generated.decide(object, { now })).toEqual(plain.decide(object, { now }));
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(500);
});

/** Strings that would act if they became code. */
const hostile = [
  '$' + '{globalThis.acted = true}',
  '"];globalThis.acted = true;//',
  "'];globalThis.acted = true;//",
  '`;globalThis.acted = true;//',
  '\u2028globalThis.acted = true;//',
  '\nglobalThis.acted = true;',
  '*/globalThis.acted = true;/*',
  '\\"];globalThis.acted = true;//',
  '__proto__',
  'constructor',
  '</script><script>globalThis.acted = true</script>',
  '1;globalThis.acted = true',
];
const values = fc.oneof(
  fc.constantFrom<unknown>(...hostile),
  fc.constantFrom<unknown>(0, 1, -1, 2 ** 31, 2 ** 53 - 1, 1e300, -0, 0.5, true, false, null),
);

/** The places of strings, numbers and booleans. */
function listPlaces(value: unknown): readonly { holder: Record<string, unknown>; name: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => {
    const inner = listPlaces(holder[name]);
    return inner.length > 0 || typeof holder[name] === 'object' ? inner : [{ holder, name }];
  });
}

test('nothing in an encoding becomes code of its own', () => {
  let generated = 0;
  const global = globalThis as { acted?: boolean };
  const encodings = modules.map(
    (wasm) => [wasm, sectionText(wasm, encodingSection) ?? ''] as const,
  );
  const changes = fc.array(fc.tuple(fc.nat(), values), { minLength: 1, maxLength: 6 });
  const property = fc.property(fc.constantFrom(...encodings), changes, ([wasm, text], changed) => {
    const section: unknown = JSON.parse(text);
    const places = listPlaces(section);
    for (const [at, value] of changed) {
      const { holder, name } = places[at % places.length] ?? expect.fail('no place');
      holder[name] = value;
    }
    const bytes = replaceSection(wasm, encodingSection, JSON.stringify(section));
    let policy: ReturnType<typeof load>;
    try {
      policy = load(bytes, { generateCode: true });
    } catch {
      return;
    }
    decideOften(policy, 120);
    const encoding = policy.encoding ?? expect.fail('no encoding');
    if (generateWriter(encoding) !== undefined) generated += 1;
    expect(global.acted).toBeUndefined();
  });
  const numRuns = runs(3000, 300);
  fc.assert(property, { numRuns });
  expect(generated).toBeGreaterThan(numRuns / 20);
});

test.each(hostile)('a name is only a name: %s', (name) => {
  const text = sectionText(module, encodingSection) ?? '';
  const section = JSON.parse(text);
  section.context = [[name, 'String', section.facts.size, 1]];
  section.facts.size += 16;
  const bytes = replaceSection(module, encodingSection, JSON.stringify(section));
  const encoding = load(bytes).encoding ?? expect.fail('no encoding');
  expect(generateWriter(encoding)).toBeTypeOf('function');
  expect((globalThis as { acted?: boolean }).acted).toBeUndefined();
});

test('an encoding that is too large for code is followed as it is', () => {
  const section = JSON.parse(sectionText(module, encodingSection) ?? '');
  section.selectors.subjects = Array.from({ length: 30_000 }, (_, at) => `subject-${at}`);
  const bytes = replaceSection(module, encodingSection, JSON.stringify(section));
  const made = watchCode();
  decideOften(load(bytes), 200);
  expect(made.count).toBe(0);
});
