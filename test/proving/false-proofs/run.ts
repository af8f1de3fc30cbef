// Makes policies from a seed, decides their claims, and searches for what violates the proved ones. A round has one policy
// of each material, and the next round the next seed.

import { compile } from '@nhipol/compiler';
import type { PolicyModel } from '@nhipol/language/model';
import { load } from '@nhipol/runtime';
import { createRandomNumbers } from '@nhipol/testing';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import type { SessionOpener } from '../../../assurance/testing/runner/run-tests.ts';
import { createModuleSessions } from '../../../assurance/testing/runner/sessions.ts';
import { createLevelAssembler } from '../../../cli/engines/assemble.ts';
import { type Ask, modules } from '../../support/modules/engines.ts';
import { addCounts, type Counts, noCounts } from './counts.ts';
import type { Material } from './material.ts';
import { materials } from './materials/all.ts';
import { generateRequests, generateSessions } from './pool.ts';
import { type ProofOptions, type Proofs, proveClaims } from './proofs.ts';
import { RequestSearch, type Searched, searchSessions } from './search.ts';
import type { Violation } from './tally.ts';
import { draft, type WrittenPolicy, write } from './written.ts';

export interface Totals extends Counts {
  requests: number;
  pairs: number;
  readonly byMaterial: Map<string, Counts>;
  violation: Violation | undefined;
  /** Processor time in milliseconds. */
  readonly spent: {
    written: number;
    evaluated: number;
    proved: number;
    compiled: number;
    searched: number;
  };
}

export function noTotals(): Totals {
  return {
    ...noCounts(),
    requests: 0,
    pairs: 0,
    byMaterial: new Map(),
    violation: undefined,
    spent: { written: 0, evaluated: 0, proved: 0, compiled: 0, searched: 0 },
  };
}

/** Decides requests, or plays sessions. */
interface Engine {
  readonly ask?: Ask;
  readonly open?: SessionOpener;
}

export interface RoundOptions {
  readonly seed: number;
  /** The number of invariants of each policy. */
  readonly claims: number;
  /** The number of requests for each claim. */
  readonly requests: number;
  readonly materials?: readonly Material[];
  /** Default: their modules. */
  readonly engines?: (
    policies: readonly PolicyModel[],
    haveSessions: boolean,
  ) => Promise<readonly Engine[]>;
  /** See `ProofOptions`; default: false. */
  readonly countsLost?: boolean;
  /** See `ProofOptions`. */
  readonly hasPairs?: boolean;
  /** Decides the claims; default: the prover. */
  readonly prove?: (material: Material, written: WrittenPolicy, options: ProofOptions) => Proofs;
}

interface Made {
  readonly material: Material;
  readonly written: WrittenPolicy;
  readonly proofs: Proofs;
  readonly search: (engines: readonly Engine[]) => Searched;
}

/** Adds one round to the totals; stops at the first violation. */
export async function addRound(totals: Totals, options: RoundOptions): Promise<void> {
  const { seed, engines = compileModules } = options;
  const dice = new Dice(createRandomNumbers(seed));
  const made = (options.materials ?? materials).map((each) => make(each, totals, options, dice));
  for (const haveSessions of [false, true]) {
    const own = made.filter(({ material }) => (material.hasHistory === true) === haveSessions);
    const before = process.cpuUsage();
    const policies = own.flatMap(({ written }) =>
      haveSessions ? [written.policy] : [written.policy, written.module, written.changed],
    );
    const perPolicy = haveSessions ? 1 : 3;
    const compiled = own.length === 0 ? [] : await engines(policies, haveSessions);
    totals.spent.compiled += milliseconds(before);
    for (const [index, each] of own.entries()) {
      const asked = compiled.slice(perPolicy * index, perPolicy * (index + 1));
      const searched = spend(totals, 'searched', () => each.search(asked));
      addSearched(totals, each, searched);
      if (totals.violation !== undefined) return;
    }
  }
}

/** The number of requests, or decisions in sessions, with which claims are chosen. */
const samples = 300;

function make(material: Material, totals: Totals, options: RoundOptions, dice: Dice): Made {
  const { seed, claims, prove = proveClaims, countsLost = false, hasPairs = true } = options;
  const drafted = spend(totals, 'written', () => draft(material, dice));
  const proveWritten = (written: WrittenPolicy) =>
    spend(totals, 'proved', () => prove(material, written, { seed, countsLost, hasPairs }));
  if (material.hasHistory) {
    const pool = spend(totals, 'evaluated', () => [
      ...generateSessions(material, drafted, options),
    ]);
    const sampled = pool.flatMap(({ decisions }) => decisions).slice(0, samples);
    const written = spend(totals, 'written', () => write(drafted, claims, sampled, dice));
    const proofs = proveWritten(written);
    const search = ([engine]: readonly Engine[]) =>
      searchSessions(written, engine?.open, proofs, pool);
    return { material, written, proofs, search };
  }
  const requests = generateRequests(material, drafted, options);
  const next = () => requests.next().value;
  const pool = spend(totals, 'evaluated', () => Array.from({ length: options.requests }, next));
  const written = spend(totals, 'written', () =>
    write(drafted, claims, pool.slice(0, samples), dice),
  );
  const proofs = proveWritten(written);
  const search = (engines: readonly Engine[]) => {
    const [policy, atoms, changed] = engines.map(({ ask }) => ask);
    if (policy === undefined || atoms === undefined || changed === undefined)
      throw new Error('a module is missing');
    const more = function* () {
      yield* pool;
      yield* requests;
    };
    return new RequestSearch(written, { policy, atoms, changed }, proofs, options).run(more());
  };
  return { material, written, proofs, search };
}

function addSearched(totals: Totals, { material, proofs }: Made, searched: Searched): void {
  addCounts(totals, proofs.counts);
  const own = totals.byMaterial.get(material.name) ?? noCounts();
  totals.byMaterial.set(material.name, own);
  addCounts(own, proofs.counts);
  totals.requests += searched.requests;
  totals.pairs += searched.pairs;
  totals.violation ??= searched.violation;
}

function spend<Result>({ spent }: Totals, on: keyof Totals['spent'], run: () => Result): Result {
  const before = process.cpuUsage();
  const result = run();
  spent[on] += milliseconds(before);
  return result;
}

function milliseconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Not optimized, since that takes longer than all requests. */
const assembler = createLevelAssembler('none');

async function compileModules(
  policies: readonly PolicyModel[],
  haveSessions: boolean,
): Promise<readonly Engine[]> {
  if (!haveSessions) return (await modules(policies, assembler)).map((ask) => ({ ask }));
  const compiled = policies.map(async (policy): Promise<Engine> => {
    const { wasm } = await compile(policy, assembler, { sessions: true });
    return { open: createModuleSessions(load(wasm)) };
  });
  return Promise.all(compiled);
}
