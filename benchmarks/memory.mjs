// Checks whether memory is constant: P1 is decided a thousand times and then a hundred million times,
// from bytes and from objects, and the pages of the module and the heap of the process are printed after
// each.
//
// node --expose-gc benchmarks/memory.mjs [--decisions 1e8]

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from '../runtime/dist/index.js';
import { compileCase } from './processes.mjs';
import { createWorkload } from './workloads/workload.mjs';

const few = 1e3;
const { values } = parseArgs({ options: { decisions: { type: 'string', default: '1e8' } } });
const many = Number(values.decisions);
const collect = /** @type {{ gc?: () => void }} */ (globalThis).gc;
if (collect === undefined || !(many >= few)) {
  console.error('node --expose-gc benchmarks/memory.mjs [--decisions 1e8]');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'nhipol-memory-'));
const root = new URL('../', import.meta.url).href;
const one = { name: 'p1', kind: null, n: null };
const { module = '' } = await compileCase(one, root, folder, 60);
const bytes = readFileSync(module);
rmSync(folder, { recursive: true });
const workload = createWorkload(one);
const texts = workload.texts.map((text) => new TextEncoder().encode(text));

/** The memory of the module, which the host does not report. @type {WebAssembly.Memory[]} */
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} [imports] */
  constructor(module, imports) {
    super(module, imports);
    memories.push(/** @type {WebAssembly.Memory} */ (this.exports.memory));
  }
};

/** @type {Readonly<Record<string, (policy: ReturnType<typeof load>, index: number) => unknown>>} */
const ways = {
  bytes: (policy, index) => policy.decideJson(texts[index] ?? '', { clock: 'request' }),
  object: (policy, index) => policy.decide(workload.requests[index], { clock: 'request' }),
};

for (const [name, decide] of Object.entries(ways)) {
  const policy = load(bytes);
  const memory = memories.at(-1);
  const run = (/** @type {number} */ count) => {
    for (let index = 0; index < count; index += 1) decide(policy, index % texts.length);
    collect();
    const pages = (memory?.buffer.byteLength ?? 0) / 65_536;
    return { pages, heap: process.memoryUsage().heapUsed };
  };
  run(few);
  const before = run(few);
  const after = run(many);
  const ratio = (/** @type {'pages' | 'heap'} */ of) => (after[of] / before[of]).toFixed(3);
  console.log(
    `${name}: after ${many.toExponential()} decisions ${after.pages} pages (${ratio('pages')}), heap ${(after.heap / 1e6).toFixed(2)} MB (${ratio('heap')})`,
  );
}
