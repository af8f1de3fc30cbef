// The door from a checked policy to its module. Pure but for the assembler that is handed in; the
// same policy gives the same bytes. Throws only on a bug of ours.

import {
  type Encoding,
  encodingSection,
  type Manifest,
  manifestSection,
} from '@nhipol/runtime/abi';
import { type Measure, type Policy, unmeasured } from '../language/index.ts';
import { type Assembler, assemble } from './assemble.ts';
import { type Emitted, emit, emitMany } from './emit/emit.ts';
import { lower } from './lower/lower.ts';
import { canonicalBytes, makeManifest } from './manifest.ts';
import { type PlanOptions, plan } from './plan/plan.ts';
import { printIr } from './print-ir.ts';

export interface CompileOptions {
  /** The compiler's version, for the manifest. */
  readonly version?: string;
  /** Whether the module may have vector instructions, which not every host knows. */
  readonly simd?: boolean;
  /** Whether the module is wanted as text, too. */
  readonly text?: boolean;
  /** Measures the stages: lower, plan, describe, emit, assemble. */
  readonly measure?: Measure;
}

export interface Compiled {
  readonly wasm: Uint8Array;
  readonly manifest: Manifest;
  readonly encoding: Encoding;
  /** The stages between, as text. */
  readonly ir: string;
  readonly assembly: string;
  /** There if it was asked for. */
  readonly wat?: string;
}

export async function compile(
  policy: Policy,
  assembler: Assembler,
  { version = '0.0.0', simd = false, text = false, measure = unmeasured }: CompileOptions = {},
): Promise<Compiled> {
  const ir = measure('lower', () => lower(policy));
  const laid = measure('plan', () => plan(ir));
  const sources = await measure('describe', () => hashSources(policy));
  const manifest = measure('describe', () =>
    makeManifest(policy, ir, { compiler: version, sources, simd }),
  );
  const bytes = measure('describe', () => canonicalBytes(manifest));
  const emitted = measure('emit', () => emit({ ir, plan: laid, manifest: bytes }));
  const encoding = encodingOf(emitted, 0);
  const custom = new Map([
    [manifestSection, bytes],
    [encodingSection, canonicalBytes(encoding)],
  ]);
  const assembled = await measure('assemble', () =>
    assemble(emitted, custom, assembler, { simd, text }),
  );
  checkSelfContained(assembled.wasm);
  return {
    ...assembled,
    manifest,
    encoding,
    get ir() {
      return printIr(ir);
    },
    assembly: emitted.sources.get('policy0.ts') ?? '',
  };
}

export interface CompiledMany {
  /** Exports of the nth policy end in `_n`. */
  readonly wasm: Uint8Array;
  readonly manifests: readonly Manifest[];
  readonly encodings: readonly Encoding[];
}

/** Many policies in one module: a property over programs need not wait for each by itself. */
export async function compileMany(
  policies: readonly Policy[],
  assembler: Assembler,
  planning?: PlanOptions,
): Promise<CompiledMany> {
  const units = policies.map((policy) => {
    const ir = lower(policy);
    const manifest = makeManifest(policy, ir, { compiler: '0.0.0', sources: '' });
    return { ir, plan: plan(ir, planning), manifest: canonicalBytes(manifest), read: manifest };
  });
  const emitted = emitMany(units);
  const { wasm } = await assemble(emitted, new Map(), assembler);
  checkSelfContained(wasm);
  return { wasm, manifests: units.map((unit) => unit.read), encodings: emitted.encodings };
}

function encodingOf({ encodings }: Emitted, index: number): Encoding {
  const encoding = encodings[index];
  if (encoding === undefined) throw new Error('broken invariant: a policy without its encoding');
  return encoding;
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
