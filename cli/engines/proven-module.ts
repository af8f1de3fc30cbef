// Modules that contain their sources and proofs: reads both, and compiles the sources again to compare the bytes. The
// module is never run.

import type { PolicyModel } from '@nhipol/language/model';
import { type Proof, proofsSection, readSections, sourcesSection } from '@nhipol/proving';
import { type Manifest, manifestSection } from '@nhipol/runtime/abi';
import { version } from '../io/version.ts';
import { compilePolicy } from './engines.ts';

export interface ProvenModule {
  readonly bytes: Uint8Array;
  readonly manifest: Pick<Manifest, 'compiler' | 'simd' | 'possible' | 'sessions'>;
  /** As they are in the module. */
  readonly sections: ReadonlyMap<string, Uint8Array>;
  readonly proof: Proof;
}

/** Returns the reason if it is not a module with proofs. */
export function readProvenModule(bytes: Uint8Array): ProvenModule | string {
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(bytes as BufferSource);
  } catch {
    return 'it is not a valid module';
  }
  const sections = new Map<string, Uint8Array>();
  for (const name of [manifestSection, sourcesSection, proofsSection]) {
    const [found, ...others] = WebAssembly.Module.customSections(module, name);
    if (found === undefined || others.length > 0)
      return `it has ${found === undefined ? 'no' : 'more than one'} section ${name}`;
    sections.set(name, new Uint8Array(found));
  }
  const readSectionText = (name: string) => new TextDecoder().decode(sections.get(name));
  const manifest = readManifest(readSectionText(manifestSection));
  sections.delete(manifestSection);
  if (manifest === undefined) return 'its manifest is not JSON';
  const proof = readSections(readSectionText(sourcesSection), readSectionText(proofsSection));
  return typeof proof === 'string' ? proof : { bytes, manifest, sections, proof };
}

function readManifest(text: string): ProvenModule['manifest'] | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null
      ? (json as ProvenModule['manifest'])
      : undefined;
  } catch {
    return undefined;
  }
}

/** Why the module is not the one that its sources compile to, or `undefined` if it is, byte for byte. */
export async function findModuleDifference(
  { bytes, manifest, sections }: ProvenModule,
  policy: PolicyModel,
): Promise<string | undefined> {
  if (manifest.compiler !== version)
    return `it states that nhipol ${String(manifest.compiler)} compiled it, and this is ${version}`;
  const { wasm } = await compilePolicy(policy, {
    simd: manifest.simd === true,
    sessions: manifest.sessions !== undefined,
    possible: manifest.possible === true,
    sections,
  });
  const length = Math.min(bytes.length, wasm.length);
  let at = 0;
  while (at < length && bytes[at] === wasm[at]) at += 1;
  if (at === bytes.length && at === wasm.length) return undefined;
  return `byte ${at} of ${bytes.length} differs from what its sources compile to`;
}
