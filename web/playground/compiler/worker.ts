// The worker that compiles a policy to a module. It contains the compiler and AssemblyScript, so it is loaded on demand, and
// ends with its result, because AssemblyScript does not give its memory back.

import { compile } from '@nhipol/compiler';
import { makeAssembler, type Tools } from '@nhipol/compiler/asc';
import { checkFiles } from '@nhipol/language';
import { validate } from '@nhipol/testing';
import type { CompileResult, CompileTask } from './contract.ts';

/** The number of generated requests on which the module must agree with the evaluator. */
const compared = 500;

addEventListener('message', async ({ data }: MessageEvent<CompileTask>) => {
  postMessage(await compileTask(data).catch(toFailure));
});

async function compileTask({ policy: { entry, files } }: CompileTask): Promise<CompileResult> {
  const read = async (path: string) => files[path];
  const { policy } = await checkFiles(entry, files[entry] ?? '', read);
  if (policy === undefined) return { failure: 'The policy has errors.' };
  // Binaryen is awaited while it loads: messages that came meanwhile would be lost.
  const assemble = makeAssembler(await loadTools(), 'full');
  const { wasm } = await compile(policy, assemble, { possible: true });
  const { disagreements, requests, steps } = validate(policy, wasm, { requests: compared });
  if (disagreements.length > 0) return { failure: 'The module disagrees with the evaluator.' };
  return { wasm: new Uint8Array(wasm), name: policy.name, compared: requests + steps };
}

async function loadTools(): Promise<Tools> {
  const [asc, { default: binaryen }] = await Promise.all([
    import('assemblyscript'),
    import('assemblyscript/binaryen'),
  ]);
  const loadWholeLibrary = async () => (await import('assemblyscript/asc')).libraryFiles;
  return { asc, binaryen, loadWholeLibrary } as unknown as Tools;
}

/** A policy without errors compiles: this is a bug. */
function toFailure(error: Error): CompileResult {
  return { failure: `The compiler has a bug: ${error.message}` };
}
