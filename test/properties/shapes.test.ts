// Learned shapes never change an answer: a module that has read thousands of other requests answers each
// like a module that reads strictly, and like the evaluator. The strict module has no learned shapes to
// try, and the learning one reports how often it hit, was full and paused.

import type { Assembler } from '@nhipol/compiler';
import type { Optimization } from '@nhipol/compiler/asc';
import { type EvaluatedAnswer, evaluate } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { ModuleExports } from '@nhipol/runtime/abi';
import {
  createRequestArbitrary,
  fillModule,
  fillTables,
  type GeneratedRequest,
} from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutMemory } from '../../compiler/layout/layout.ts';
import { compileMany, lower, plan } from '../../compiler/public.ts';
import { makeInstance } from '../../runtime/instance/instance.ts';
import { Policy as LoadedPolicy } from '../../runtime/policy.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { varyRequest } from '../support/arbitraries/request-variations.ts';
import { runs } from '../support/budget.ts';
import { createCachedAssembler } from '../support/modules/assembler.ts';
import {
  compiled,
  examples,
  generateRequests,
  seed,
} from '../support/policies/property-policies.ts';

const scopedContexts =
  loadPolicy('test/cases/requests/contexts/policy.nhipol').policy ?? expect.fail('it has errors');
const subjects = [...compiled, ['scoped contexts', scopedContexts] as const];
const policies = subjects.map(([, policy]) => policy);
const irs = policies.map((policy) => lower(policy));
const { facts } = layoutMemory(
  irs,
  irs.map((ir) => plan(ir)),
);

/** Exports in addition to those of the ABI. */
interface Learning {
  missesInARow(): number;
  countLearnedBytes(): number;
}

/** An assembler that changes the sources of a module first. */
function createAssembler(
  optimization: Optimization,
  change: (name: string, source: string) => string,
  simd: boolean,
): Assembler {
  return (sources, options) =>
    createCachedAssembler(optimization)(
      new Map([...sources].map(([name, source]) => [name, change(name, source)])),
      {
        ...options,
        simd,
      },
    );
}

const telling = (name: string, source: string) =>
  name === 'entry.ts'
    ? `${source}export { countLearnedBytes, missesInARow } from './shapes';\n`
    : source;
const ask = 'if (pause == 0) return';
const strictModule = await compileVariant('none', (name, source) =>
  name === 'shapes.ts' ? source.replace(ask, 'if (pause < 0) return') : source,
);

async function compileVariant(
  optimization: Optimization,
  change: (name: string, source: string) => string,
  simd = false,
) {
  const { wasm, manifests } = await compileMany(
    policies,
    createAssembler(optimization, change, simd),
  );
  const module = new WebAssembly.Module(wasm as BufferSource);
  return { manifests, make: () => new WebAssembly.Instance(module).exports };
}

/** One policy of an instance; `raw`: the result and the facts as they are in its memory. */
function decider({ manifests }: typeof strictModule, exports: WebAssembly.Exports, index: number) {
  const own = Object.entries(exports).map(([name, value]) => [
    name.replace(`_${index}`, ''),
    value,
  ]);
  const plain = Object.fromEntries(own) as unknown as ModuleExports & Learning;
  const manifest = manifests[index] ?? expect.fail('no manifest');
  const described = { manifest, encoding: undefined };
  const policy = new LoadedPolicy(described, () => makeInstance(plain, described), 67_108_864);
  const size = irs[index]?.facts.size ?? 0;
  return (bytes: Uint8Array, { now, tables }: Pick<GeneratedRequest, 'now' | 'tables'>) => {
    fillModule(policy, tables);
    const answer = policy.decideJson(bytes, { now: now === undefined ? 'request' : now });
    const memory = new Uint8Array(plain.memory.buffer);
    const raw = Buffer.from(memory.slice(facts, facts + size)).toString('hex');
    return { answer: answer as EvaluatedAnswer, raw };
  };
}

/** Both kinds of readers in modules, and what each learned. */
const learners = await Promise.all(
  [false, true].map(async (simd) => {
    const module = await compileVariant('full', telling, simd);
    const exports = module.make();
    return { way: simd ? 'by vectors' : 'by words', module, exports };
  }),
);
type Learner = (typeof learners)[number];
const strictly = strictModule.make();

function getLearning({ exports }: Learner): Learning {
  return exports as unknown as Learning;
}

test('the strict module never tries what it learned', async () => {
  const { assemblySources } = await import('../../compiler/emit/assembly-sources.generated.ts');
  expect(new Map(assemblySources).get('shapes.ts')?.split(ask)).toHaveLength(2);
});

/** More requests than two pauses take: one ends in a miss that is learned from. */
const patience = 130;

/**
 * Repeats the request until it is a hit, so that the next one is not read strictly because of a pause.
 */
function isLearned(
  learner: Learner,
  ask: ReturnType<typeof decider>,
  request: GeneratedRequest,
): boolean {
  const bytes = new TextEncoder().encode(request.text);
  for (let asks = 0; asks < patience; asks += 1) {
    ask(bytes, request);
    if (getLearning(learner).missesInARow() === 0) return true;
  }
  return false;
}

/** A generated policy can reject most requests, which are then not learned from. */
function generateManyRequests(policy: PolicyModel): readonly GeneratedRequest[] {
  const isGenerated = !examples.some(([, example]) => example === policy);
  const more = isGenerated
    ? fc.sample(createRequestArbitrary(policy), { numRuns: 300, seed: seed + 1 })
    : [];
  return [...generateRequests(policy), ...more];
}

const cases = learners.flatMap((learner) =>
  subjects.map(([name, policy], index) => [learner.way, name, learner, policy, index] as const),
);

test.each(cases)(
  'learned shapes never change an answer: %s, %s',
  (_way, _name, learner, policy, index) => {
    const byLearning = decider(learner.module, learner.exports, index);
    const byStrict = decider(strictModule, strictly, index);
    const learnable = generateManyRequests(policy).filter((request) =>
      isLearned(learner, byLearning, request),
    );
    expect(learnable.length).toBeGreaterThan(3);
    let [hits, misses] = [0, 0];
    const texts = fc
      .constantFrom(...learnable)
      .chain((request) => varyRequest(request.text).map((bytes) => ({ bytes, request })));
    const property = fc.property(texts, ({ bytes, request }) => {
      isLearned(learner, byLearning, request);
      for (let ask = 0; ask < 2; ask += 1) {
        const read = byLearning(bytes, request);
        if (getLearning(learner).missesInARow() === 0) hits += 1;
        else misses += 1;
        expect(read).toEqual(byStrict(bytes, request));
        const { now, tables } = request;
        const clock = { now, precedence: now === undefined ? 'request' : 'host' } as const;
        expect(read.answer).toEqual(evaluate(fillTables(policy, tables), bytes, clock));
      }
    });
    const numRuns = runs(150, 24);
    fc.assert(property, { numRuns, seed });
    expect(hits).toBeGreaterThan(numRuns / 8);
    expect(misses).toBeGreaterThan(numRuns / 16);
  },
);

test.each(learners)(
  'a request without an instant is not mistaken for one with an instant: $way',
  (learner) => {
    const [, policy, index] =
      compiled
        .map(([name, each], at) => [name, each, at] as const)
        .find(([, each]) => each.context?.members.get('time')?.optional === false) ??
      expect.fail('no policy with a time');
    const byLearning = decider(learner.module, learner.exports, index);
    const byStrict = decider(strictModule, strictly, index);
    for (const request of generateRequests(policy)) {
      const text = request.text.replace(/"time": ?"[^"]*",?/, '');
      const bytes = new TextEncoder().encode(text);
      for (const now of [0n, 0n, undefined, undefined, 0n]) {
        expect(byLearning(bytes, { ...request, now })).toEqual(
          byStrict(bytes, { ...request, now }),
        );
      }
    }
  },
);

test.each(learners)(
  'requests without common shapes are soon read strictly, and the memory of shapes is reset: $way',
  (learner) => {
    const byLearning = decider(learner.module, learner.exports, 0);
    const state = getLearning(learner);
    const byStrict = decider(strictModule, strictly, 0);
    const request =
      generateRequests(policies[0] ?? expect.fail('no policy')).find((each) =>
        isLearned(learner, byLearning, each),
      ) ?? expect.fail('no request is learned');
    let [maxMisses, restarts, tries] = [0, 0, 0];
    for (let count = 0; count < 4000; count += 1) {
      const text = request.text.replace('{', `{"member-${count}":${count},`);
      const bytes = new TextEncoder().encode(text);
      const before = state.countLearnedBytes();
      const read = byLearning(bytes, request);
      maxMisses = Math.max(maxMisses, state.missesInARow());
      if (state.countLearnedBytes() < before) restarts += 1;
      if (state.countLearnedBytes() !== before) tries += 1;
      if (count % 50 === 0) expect(read).toEqual(byStrict(bytes, request));
    }
    expect(maxMisses).toBe(6);
    expect(restarts).toBeGreaterThan(0);
    expect(tries).toBeGreaterThan(20);
    expect(tries).toBeLessThan(100);
  },
);
