// One instance of a compiled module: its exports, checked against the ABI, and its memory. Throws `LoadError` if
// an export is missing.

import { instantiateSync } from '@assemblyscript/loader';
import {
  type Encoding,
  exportKind,
  type HistoryExports,
  historyExportTypes,
  type ModuleExports,
  requiredExports,
  type SessionExports,
  sessionExportTypes,
  type TableExports,
  tableExportTypes,
} from '../contract/index.ts';
import { DirectEncoder, type Writing } from '../direct/direct-requests.ts';
import { LoadError } from '../module/load-error.ts';
import { expectAbi } from '../module/manifest.ts';
import { ModuleMemory } from '../module/memory.ts';
import { RequestBuffer } from './request-buffer.ts';

export interface ModuleInstance {
  readonly exports: ModuleExports;
  readonly memory: ModuleMemory;
  readonly requests: RequestBuffer;
  /** `undefined` if the policy has no external table. */
  readonly tables: TableExports | undefined;
  /** `undefined` for a module without sessions. */
  readonly sessions: SessionExports | undefined;
  /** `undefined` if the policy is not about history across sessions. */
  readonly history: HistoryExports | undefined;
  /** `undefined` for a module that accepts JSON only. */
  readonly handOver: DirectEncoder | undefined;
}

/** The part of a module's description that calls need. */
export interface CallDescription extends Writing {
  readonly encoding: Encoding | undefined;
}

/** Checks everything about a module that can be checked before it runs. */
export function expectExports(module: WebAssembly.Module): void {
  const found = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  for (const [name, type] of Object.entries(requiredExports)) {
    const kind = exportKind(type);
    if (found.get(name) !== kind) throw new LoadError(`the module exports no ${kind} \`${name}\``);
  }
}

export function instantiate(
  module: WebAssembly.Module,
  described: CallDescription,
): ModuleInstance {
  return makeInstance(instantiateExports(module), described);
}

export function makeInstance(
  exports: ModuleExports,
  { encoding, ...writing }: CallDescription,
): ModuleInstance {
  expectAbi(exports.abi_major.value);
  const memory = new ModuleMemory(exports.memory);
  if (encoding !== undefined) expectInsideMemory(memory, encoding);
  const { decide_facts: judge } = exports;
  const isDirect = encoding !== undefined && encoding.contexts === undefined;
  return {
    exports,
    memory,
    requests: new RequestBuffer(exports, memory),
    tables: complete<TableExports>(exports, tableExportTypes),
    sessions: complete<SessionExports>(exports, sessionExportTypes),
    history: complete<HistoryExports>(exports, historyExportTypes),
    handOver: judge && isDirect ? new DirectEncoder(encoding, exports, judge, writing) : undefined,
  };
}

const bytesInPair = 16;

/** A host writes to these addresses without further checks. */
function expectInsideMemory(memory: ModuleMemory, { facts, atoms, room }: Encoding): void {
  const isWithin =
    memory.holds(facts.address, facts.size) &&
    memory.holds(atoms.address, atoms.pairs * bytesInPair) &&
    memory.holds(room.address, room.size);
  if (!isWithin)
    throw new LoadError("the module's encoding contains addresses outside of its memory");
}

/** `undefined` if the module does not have all of these exports. */
function complete<Exports>(exports: ModuleExports, types: object): Exports | undefined {
  return Object.keys(types).every((name) => name in exports) ? (exports as Exports) : undefined;
}

/** The raw exports: the loader of AssemblyScript wraps values that it manages itself. */
function instantiateExports(module: WebAssembly.Module): ModuleExports {
  try {
    return instantiateSync(module).instance.exports as unknown as ModuleExports;
  } catch (cause) {
    throw new LoadError('the module cannot be started', { cause });
  }
}
