// Compiles a checked policy to a module. Deterministic: the same policy results in the same bytes. The
// only side effects are those of the assembler, a parameter. Throws only if the compiler has a bug.

import {
  type Encoding,
  encodingSection,
  type Manifest,
  manifestSection,
} from '@nhipol/runtime/abi';
import { type Measure, type Policy, unmeasured } from '../language/index.ts';
import { addBounds } from './add-bounds.ts';
import { type Assembler, assemble } from './assemble.ts';
import { sectionOf } from './direct/section.ts';
import { emit } from './emit/emit.ts';
import { link } from './emit/link.ts';
import { asksHistory } from './ir/history.ts';
import { printIr } from './ir/print.ts';
import { lower } from './lower/lower.ts';
import { canonicalBytes, makeManifest } from './manifest/manifest.ts';
import { type PlanOptions, plan } from './plan/plan.ts';

export interface CompileOptions {
  /** The version of the compiler, for the manifest. */
  readonly version?: string;
  /** Whether the module may use vector instructions, which some hosts do not support. */
  readonly simd?: boolean;
  /** Whether the module holds sessions; a module whose policy uses history always does. */
  readonly sessions?: boolean;
  /** Whether to return the module as WebAssembly text as well. */
  readonly text?: boolean;
  /** Measures the stages: lower, plan, describe, emit, assemble. */
  readonly measure?: Measure;
}

export interface Compiled {
  readonly wasm: Uint8Array;
  readonly manifest: Manifest;
  readonly encoding: Encoding;
  /** The intermediate stages as text. */
  readonly ir: string;
  readonly assembly: string;
  /** Present if it was requested. */
  readonly wat?: string;
}

export async function compile(
  policy: Policy,
  assembler: Assembler,
  {
    version = '0.0.0',
    simd = false,
    sessions: wanted = false,
    text = false,
    measure = unmeasured,
  }: CompileOptions = {},
): Promise<Compiled> {
  const ir = measure('lower', () => lower(policy));
  const sessions = wanted || asksHistory(ir);
  const unit = { ir, plan: measure('plan', () => plan(ir)), sessions };
  const sources = await measure('describe', () => hashSources(policy));
  const described = measure('describe', () =>
    makeManifest(policy, ir, { compiler: version, sources, simd, sessions }),
  );
  const parts = measure('emit', () => emit([unit]));
  const { manifest, bytes } = onlyOf(measure('describe', () => addBounds([described], parts)));
  const linked = measure('emit', () => link(parts, [bytes], () => ''));
  const encoding = onlyOf(linked.encodings);
  const custom = new Map([
    [manifestSection, bytes],
    [encodingSection, canonicalBytes(sectionOf(encoding))],
  ]);
  const assembled = await measure('assemble', () =>
    assemble(linked, custom, assembler, { simd, text }),
  );
  checkSelfContained(assembled.wasm);
  return {
    ...assembled,
    manifest,
    encoding,
    get ir() {
      return printIr(ir);
    },
    assembly: linked.sources.get('policy/generated.ts') ?? '',
  };
}

export interface CompiledMany {
  /** The exports of the nth policy end in `_n`. */
  readonly wasm: Uint8Array;
  readonly manifests: readonly Manifest[];
  readonly encodings: readonly Encoding[];
}

/**
 * Compiles many policies into one module, so that a property over programs need not assemble each one.
 */
export async function compileMany(
  policies: readonly Policy[],
  assembler: Assembler,
  planning?: PlanOptions,
): Promise<CompiledMany> {
  const units = policies.map((policy) => {
    const ir = lower(policy);
    return { ir, plan: plan(ir, planning) };
  });
  const parts = emit(units);
  const described = policies.map((policy, index) =>
    makeManifest(policy, (units[index] as (typeof units)[0]).ir, {
      compiler: '0.0.0',
      sources: '',
    }),
  );
  const completed = addBounds(described, parts);
  const linked = link(
    parts,
    completed.map(({ bytes }) => bytes),
    (index) => `_${index}`,
  );
  const { wasm } = await assemble(linked, new Map(), assembler);
  checkSelfContained(wasm);
  const manifests = completed.map(({ manifest }) => manifest);
  return { wasm, manifests, encodings: linked.encodings };
}

function onlyOf<T>(all: readonly T[]): T {
  const [only] = all;
  if (only === undefined) throw new Error('broken invariant: a policy without a manifest');
  return only;
}

function checkSelfContained(wasm: Uint8Array): void {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm as BufferSource));
  if (imports.length > 0)
    throw new Error(`broken invariant: the module imports ${imports[0]?.name}`);
}

async function hashSources(policy: Policy): Promise<string> {
  const text = JSON.stringify(policy.sources.map(({ name, text }) => [name, text]));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
