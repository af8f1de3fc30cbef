// Compiles the policy to a module, in a worker that is loaded for it.

import { useState } from 'preact/hooks';
import type { CompileResult, CompileTask } from '../compiler/contract.ts';
import type { PolicyFiles } from '../worker/contract.ts';

export interface ModuleProps {
  readonly policy: PolicyFiles;
  readonly hasErrors: boolean;
}

interface Module {
  readonly of: string;
  readonly url: string;
  readonly name: string;
  readonly bytes: number;
  readonly compared: number;
  readonly milliseconds: number;
}

export function ModulePanel({ policy, hasErrors }: ModuleProps) {
  const [module, setModule] = useState<Module>();
  const [failure, setFailure] = useState<string>();
  const [isRunning, setIsRunning] = useState(false);
  const of = JSON.stringify(policy);
  const run = async () => {
    setFailure(undefined);
    setIsRunning(true);
    const start = performance.now();
    const result = await compileInWorker({ policy });
    setIsRunning(false);
    if ('failure' in result) return setFailure(result.failure);
    if (module !== undefined) URL.revokeObjectURL(module.url);
    const { wasm, name, compared } = result;
    const url = URL.createObjectURL(new Blob([wasm], { type: 'application/wasm' }));
    const milliseconds = Math.round(performance.now() - start);
    setModule({ of, url, name, bytes: wasm.length, compared, milliseconds });
  };
  return (
    <>
      <h2>Module</h2>
      <p class="soft">
        The compiler turns the policy into one WebAssembly module without imports, which any host
        can load. Its first use loads about 3 MB.
      </p>
      <div class="row">
        <button type="button" class="main" disabled={hasErrors || isRunning} onClick={run}>
          Compile
        </button>
      </div>
      {hasErrors && <p class="note">The compiler runs when the policy has no errors.</p>}
      <div role="status">
        {isRunning && <p class="soft">Compiling …</p>}
        {failure !== undefined && <p class="note">{failure}</p>}
        {module?.of === of && (
          <p>
            <a href={module.url} download={`${module.name}.wasm`}>
              {module.name}.wasm
            </a>{' '}
            <span class="soft">
              {module.bytes.toLocaleString('en')} bytes, in{' '}
              {(module.milliseconds / 1000).toFixed(1)} s; it agrees with the evaluator on{' '}
              {module.compared.toLocaleString('en')} requests
            </span>
          </p>
        )}
      </div>
    </>
  );
}

function compileInWorker(task: CompileTask): Promise<CompileResult> {
  const worker = new Worker(new URL('compiler.js', import.meta.url), { type: 'module' });
  return new Promise<CompileResult>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<CompileResult>) => resolve(data);
    worker.onerror = ({ message }) =>
      resolve({ failure: `The compiler failed: ${message || 'it could not be loaded'}` });
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}
