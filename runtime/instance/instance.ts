// One instance of a compiled module: its exports, checked against the ABI, and its memory. Throws `LoadError` if
// an export is missing.

import { instantiateSync } from '@assemblyscript/loader';
import {
  type Encoding,
  exportKind,
  type Manifest,
  type ModuleExports,
  requiredExports,
  resultLayout,
  type SessionExports,
  sessionExports,
  type TableExports,
} from '../contract/index.ts';
import { DirectEncoder } from '../direct/direct-requests.ts';
import type { Bindings } from '../direct/writer.ts';
import { LoadError } from '../module/load-error.ts';
import { expectAbi } from '../module/manifest.ts';
import { ModuleMemory } from '../module/memory.ts';
import { DigestChannel } from './digest-exports.ts';

export interface Instance {
  readonly exports: ModuleExports;
  readonly memory: ModuleMemory;
  readonly reasons: number;
  readonly constraints: number;
  readonly placeholders: number;
  /** undefined: a module without obligations, of version 1.0. */
  readonly properties: number | undefined;
  /** undefined: the policy has no external table. */
  readonly tables: TableExports | undefined;
  /** undefined: a module without sessions. */
  readonly sessions: SessionExports | undefined;
  /** undefined: the policy does not use the digest of the call. */
  readonly digest: DigestChannel | undefined;
  /** undefined: a module without direct encoding, from before version 1.3. */
  readonly handOver: DirectEncoder | undefined;
}

/** The part of a module's description that calls need. */
export interface Described {
  readonly manifest: Manifest;
  readonly encoding: Encoding | undefined;
  /** Generated for the module; undefined: its facts are written by its encoding. */
  readonly bindings?: Bindings | undefined;
}

/** Checks everything about a module that can be checked before it runs. */
export function expectExports(module: WebAssembly.Module): void {
  const found = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  for (const [name, type] of Object.entries(requiredExports)) {
    const kind = exportKind(type);
    if (found.get(name) !== kind) throw new LoadError(`the module exports no ${kind} \`${name}\``);
  }
}

export function instantiate(module: WebAssembly.Module, described: Described): Instance {
  return makeInstance(exportsOf(module), described);
}

export function makeInstance(
  exports: ModuleExports,
  { manifest, encoding, bindings }: Described,
): Instance {
  expectAbi(exports.abi_major.value);
  const memory = new ModuleMemory(exports.memory);
  const [result, reasons, constraints, placeholders] = [
    exports.result,
    exports.reasons,
    exports.constraints,
    exports.placeholders,
  ].map(addressOf) as [number, number, number, number];
  if (!memory.holds(result, resultLayout.size)) {
    throw new LoadError("the module's result is outside of its memory");
  }
  if (encoding !== undefined) expectWithin(memory, encoding);
  const properties = exports.properties && addressOf(exports.properties);
  const tables = tablesOf(exports);
  const sessions = sessionsOf(exports);
  const { decide_facts: judge, call_digest: told, judged_digest: judged } = exports;
  const digest =
    told && judged ? new DigestChannel(memory, addressOf(told), addressOf(judged)) : undefined;
  const handOver =
    judge && encoding ? new DirectEncoder(encoding, manifest, exports, judge, bindings) : undefined;
  return {
    exports,
    memory,
    reasons,
    constraints,
    placeholders,
    properties,
    tables,
    sessions,
    digest,
    handOver,
  };
}

const bytesInPair = 16;

/** A host writes to these addresses without further checks. */
function expectWithin(memory: ModuleMemory, { facts, atoms, room }: Encoding): void {
  const isWithin =
    memory.holds(facts.address, facts.size) &&
    memory.holds(atoms.address, atoms.pairs * bytesInPair) &&
    memory.holds(room.address, room.size);
  if (!isWithin)
    throw new LoadError("the module's encoding contains addresses outside of its memory");
}

function tablesOf(exports: ModuleExports): TableExports | undefined {
  const { reserve, table_text, load_table, drop_table, table_outcome } = exports;
  if (!reserve || !table_text || !load_table || !drop_table || !table_outcome) return undefined;
  return { reserve, table_text, load_table, drop_table, table_outcome };
}

function sessionsOf(exports: ModuleExports): SessionExports | undefined {
  return sessionExports.every((name) => exports[name] !== undefined)
    ? (exports as SessionExports)
    : undefined;
}

/** The raw exports: the loader of AssemblyScript wraps values that it manages itself. */
function exportsOf(module: WebAssembly.Module): ModuleExports {
  try {
    return instantiateSync(module).instance.exports as unknown as ModuleExports;
  } catch (cause) {
    throw new LoadError('the module cannot be started', { cause });
  }
}

/** An i32 global, read as unsigned. */
function addressOf(global: WebAssembly.Global): number {
  const value: unknown = global.value;
  if (typeof value !== 'number') throw new LoadError('the module does not use 32-bit addresses');
  return value >>> 0;
}
