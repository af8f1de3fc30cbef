// Compiles a checked policy to a module. Deterministic: the same policy results in the same bytes. The
// only side effects come from the assembler, a parameter. Throws only if the compiler has a bug.

import type { PolicyModel } from '@nhipol/language/model';
import { type Measure, skipMeasure } from '@nhipol/language/support';
import {
  type Encoding,
  encodingSection,
  type Manifest,
  manifestSection,
} from '@nhipol/runtime/abi';
import { type Assembler, assembleLinked } from './assemble.ts';
import { computeBounds } from './bounds/bounds.ts';
import { createEncodingSection } from './direct/section.ts';
import { type Body, emit } from './emit/emit.ts';
import { link } from './emit/link.ts';
import type { Description } from './ir/description.ts';
import { asksHistory } from './ir/history.ts';
import { printIr } from './ir/print.ts';
import { lower } from './lower/lower.ts';
import { describePolicy } from './manifest/describe-policy.ts';
import { encodeCanonical, makeManifest } from './manifest/manifest.ts';
import { type PlanOptions, plan, planPossibility } from './plan/plan.ts';

export interface CompileOptions {
  /** The version of the compiler, for the manifest. */
  readonly version?: string;
  /** Whether the module may use vector instructions, which some hosts do not support. */
  readonly simd?: boolean;
  /** Whether the module holds sessions; a module whose policy uses history always does. */
  readonly sessions?: boolean;
  /** Whether the module also evaluates what is possible for incomplete requests. */
  readonly possible?: boolean;
  /** Custom sections to add at the end of the module, by name. */
  readonly sections?: ReadonlyMap<string, Uint8Array>;
  /** Whether to save time, for a module that is not kept: it is a quarter larger. */
  readonly quick?: boolean;
  /** Whether to return the module as WebAssembly text as well. */
  readonly text?: boolean;
  /** Measures the stages: lower, plan, describe, emit, assemble. */
  readonly measure?: Measure;
}

export interface Compiled {
  readonly wasm: Uint8Array;
  readonly manifest: Manifest;
  readonly encoding: Encoding;
  readonly description: Description;
  /** The intermediate stages as text. */
  readonly ir: string;
  readonly assembly: string;
  /** Present if it was requested. */
  readonly wat?: string;
}

export async function compile(
  policy: PolicyModel,
  assembler: Assembler,
  {
    version = '0.0.0',
    simd = false,
    sessions: wanted = false,
    possible = false,
    sections = new Map(),
    quick = false,
    text = false,
    measure = skipMeasure,
  }: CompileOptions = {},
): Promise<Compiled> {
  const ir = measure('lower', () => lower(policy, possible));
  const sessions = wanted || asksHistory(ir);
  const planned = measure('plan', () => plan(ir));
  const possibility = measure('plan', () => planPossibility(ir));
  const sources = await measure('describe', () => hashSources(policy));
  const description = measure('describe', () => describePolicy(policy, ir));
  const parts = measure('emit', () =>
    emit([{ ir, plan: planned, possibility, description, sessions }]),
  );
  const manifest = measure('describe', () => ({
    ...makeManifest(policy, ir, { compiler: version, sources, simd, sessions }),
    bounds: computeBounds(ir, planned, parts, expectSingle(parts.bodies).room, possibility),
  }));
  const linked = measure('emit', () => link(parts, () => ''));
  const encoding = expectSingle(linked.encodings);
  const custom = new Map([
    [manifestSection, encodeCanonical(manifest)],
    [encodingSection, encodeCanonical(createEncodingSection(encoding))],
    ...sections,
  ]);
  const assembled = await measure('assemble', () =>
    assembleLinked(linked, custom, assembler, { simd, quick, text }),
  );
  checkSelfContained(assembled.wasm);
  return {
    ...assembled,
    manifest,
    encoding,
    description,
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
  policies: readonly PolicyModel[],
  assembler: Assembler,
  planning?: PlanOptions,
  possible = false,
): Promise<CompiledMany> {
  const units = policies.map((policy) => {
    const ir = lower(policy, possible);
    return {
      ir,
      plan: plan(ir, planning),
      possibility: planPossibility(ir, planning),
      description: describePolicy(policy, ir),
    };
  });
  const parts = emit(units);
  const linked = link(parts, (index) => `_${index}`);
  const { wasm } = await assembleLinked(linked, new Map(), assembler);
  checkSelfContained(wasm);
  const manifests = units.map(({ ir, plan: planned, possibility }, index) => ({
    ...makeManifest(policies[index] as PolicyModel, ir, { compiler: '0.0.0', sources: '' }),
    bounds: computeBounds(ir, planned, parts, (parts.bodies[index] as Body).room, possibility),
  }));
  return { wasm, manifests, encodings: linked.encodings };
}

function expectSingle<T>(all: readonly T[]): T {
  const [only] = all;
  if (only === undefined) throw new Error('broken invariant: a policy without a manifest');
  return only;
}

function checkSelfContained(wasm: Uint8Array): void {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm as BufferSource));
  if (imports.length > 0)
    throw new Error(`broken invariant: the module imports ${imports[0]?.name}`);
}

/** The order of the names is that from the folder of the policy, wherever the compiler runs. */
async function hashSources({ sources }: PolicyModel): Promise<string> {
  const sorted = [...sources].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  const text = JSON.stringify(sorted.map(({ name, text }) => [name, text]));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
