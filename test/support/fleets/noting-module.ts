// A module with sessions that records which of them its sweeps evaluate: the released module with a
// list to which the function of the sweep writes. So a test can observe it, and no released module has an
// export for it.

import { type Assembler, compile } from '@nhipol/compiler';
import type { PolicyModel } from '@nhipol/language/model';
import type { Clock } from '@nhipol/runtime';
import type { Encoding, ModuleExports, SessionExports } from '@nhipol/runtime/abi';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import type { SessionRegistry } from '../../../runtime/sessions/registry.ts';
import { assemble } from '../modules/assembler.ts';
import { createLoadedPolicy } from '../modules/engines.ts';

export interface NotingSessions {
  readonly sessions: SessionRegistry;
  /** The numbers that can be set. */
  readonly words: NonNullable<Encoding['words']>;
  /** The handle of the session that was opened or restored last. */
  readonly opened: () => number;
  /** The handles of the sessions that were evaluated since the last call, in order. */
  readonly evaluated: () => readonly number[];
  /** The effect of a session at an instant, as its index among the effects. */
  readonly effect: (handle: number, now: number) => number;
  /** The result of `session_due`. */
  readonly due: () => number;
  /** The pages of the whole memory. */
  readonly pages: () => number;
}

/** Each call returns a new instance. */
export type OpenNoting = (clock: Clock) => NotingSessions;

const maxNoted = 4096;

const sweepFile = 'sessions/sweep.ts';
const sweeps = 'function reevaluate(session: Session, index: u32): bool {';

const noted = `
const notedAt: usize = memory.data(${maxNoted * 4});
let notedCount: i32 = 0;
export function noted(): usize { return notedAt; }
export function takeNoted(): i32 { const count = notedCount; notedCount = 0; return count; }
`;

const noting =
  (assembler: Assembler): Assembler =>
  (sources, options) => {
    const source = sources.get(sweepFile) ?? '';
    const entry = sources.get('entry.ts') ?? '';
    if (!source.includes(sweeps)) fail('function that evaluates a session again');
    const note =
      'store<u32>(notedAt + (<usize>notedCount << 2), handleOf(index)); notedCount += 1;';
    return assembler(
      new Map([
        ...sources,
        [sweepFile, `${source.replace(sweeps, `${sweeps} ${note}`)}${noted}`],
        ['entry.ts', `${entry}export { noted, takeNoted } from './sessions/sweep';\n`],
      ]),
      options,
    );
  };

type Noting = ModuleExports &
  SessionExports & {
    readonly noted: () => number;
    readonly takeNoted: () => number;
  };

export async function notingModule(
  policy: PolicyModel,
  assembler: Assembler = assemble,
): Promise<OpenNoting> {
  const parts = { sessions: true, possible: true };
  const { wasm, manifest, encoding } = await compile(policy, noting(assembler), parts);
  const compiled = new WebAssembly.Module(wasm as BufferSource);
  const words = encoding.words ?? fail('sessions');
  return (clock) => {
    const exports = new WebAssembly.Instance(compiled).exports as unknown as Noting;
    let opened = 0;
    const session_open = (...args: Parameters<Noting['session_open']>) => {
      opened = exports.session_open(...args) >>> 0;
      return opened;
    };
    const session_restore = (length: number) => {
      opened = exports.session_restore(length) >>> 0;
      return opened;
    };
    const noted = { ...exports, session_open, session_restore };
    const module = createLoadedPolicy({ manifest, encoding }, noted);
    return {
      sessions: createRegistry(module, { clock, revokedIdLifetime: 0 }),
      words,
      opened: () => opened,
      evaluated: () => {
        const count = exports.takeNoted();
        if (count > maxNoted) fail('room for all evaluated sessions');
        return [...new Uint32Array(exports.memory.buffer, exports.noted(), count)];
      },
      effect: exports.session_effect,
      due: exports.session_due,
      pages: () => exports.memory.buffer.byteLength / 65_536,
    };
  };
}

function fail(what: string): never {
  throw new Error(`broken invariant: no ${what}`);
}
