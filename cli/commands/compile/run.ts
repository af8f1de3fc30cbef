// Implements `nhipol compile`: compiles a policy to a module. The module is written only if module and evaluator
// agree on generated requests and on the tests of the policy.

import { dirname } from 'node:path';
import type { Compiled } from '@nhipol/compiler';
import { type CheckedFiles, Reporter } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { type Measure, pluralize, skipMeasure } from '@nhipol/language/support';
import { parse } from '@nhipol/language/syntax';
import { compilePolicy } from '../../engines/engines.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { makeFolder, refuseOverwriting, writeAtomically } from '../../io/files.ts';
import { checkPolicyFiles } from '../../io/policies/check-policy.ts';
import type { Timings } from '../../io/timings.ts';
import { formatBounds } from '../../output/bounds-line.ts';
import { formatInvariant, formatTableLines } from '../../output/invariant-lines.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';
import { printStage } from '../../output/print-stage.ts';

type Stage = 'ast' | 'model' | 'ir' | 'as' | 'wat' | 'manifest';

export interface CompileCommandOptions {
  /** The path of the module; `{name}` stands for the policy's name. */
  readonly output: string | undefined;
  /** Whether to create the folder of `output` if it does not exist. */
  readonly makesFolder: boolean;
  readonly emit: Stage | undefined;
  /** The language of typed bindings to write, or `undefined` if none are written. */
  readonly bindings: 'ts' | undefined;
  readonly validate: boolean;
  /** The number of requests to generate for validation. */
  readonly requests: number;
  /** Whether the module uses vector instructions. */
  readonly simd: boolean;
  /** Whether the module supports sessions. */
  readonly sessions: boolean;
  /** Whether the module also evaluates what could be permitted. */
  readonly possible: boolean;
  /** Whether to add the sources and proofs to the module. */
  readonly prove: boolean;
  /** `undefined` if stages are not timed. */
  readonly timings: Timings | undefined;
}

export async function compileCommand(
  path: string,
  options: CompileCommandOptions,
  console: Console,
): Promise<ExitCode> {
  const code = await compileFile(path, options, console);
  if (options.timings !== undefined) console.err(options.timings.take());
  return code;
}

async function compileFile(
  path: string,
  options: CompileCommandOptions,
  console: Console,
): Promise<ExitCode> {
  const { emit } = options;
  const measure = options.timings?.measure ?? skipMeasure;
  if (options.output === undefined && options.bindings !== undefined) {
    throw new UsageError(
      '--bindings needs a path for the module (-o FILE.wasm), because they are written next to it',
    );
  }
  if (options.output === undefined && emit === undefined) {
    throw new UsageError(
      'expected a path for the module (-o FILE.wasm, or `output` in nhipol.toml) or a stage to print (--emit)',
    );
  }
  const checked = await checkPolicyFiles(path, new Map(), measure);
  const policy = selectPolicyOrReport(checked, console);
  if (policy === undefined) return exitCode.findings;
  const output = options.output?.replaceAll('{name}', policy.name);
  for (const written of listOutputs(output, options)) {
    if (options.makesFolder && written !== undefined) await expectConfigured(path, written);
    await refuseOverwriting(written, checked.files);
  }
  const early = emit === undefined ? undefined : printEarly(emit, checked, policy);
  if (early !== undefined && output === undefined) {
    await console.out(early);
    return exitCode.fine;
  }
  // Without --prove, the prover is not loaded.
  const proofs = options.prove ? await import('./proofs.ts') : undefined;
  const proven = await proofs?.provePolicy(path, policy, checked, measure);
  if (proven !== undefined && proofs?.reportRefuted(policy, output, proven, console))
    return exitCode.findings;
  const compiled = await compilePolicy(policy, {
    ...(proven === undefined ? {} : { sections: proven.sections }),
    text: emit === 'wat',
    simd: options.simd,
    sessions: options.sessions,
    possible: options.possible,
    measure,
  });
  if (emit !== undefined) await console.out(early ?? printLate(emit, compiled));
  if (output === undefined) return exitCode.fine;
  if (options.makesFolder) await makeFolder(dirname(output));
  return validateAndWrite(policy, compiled, output, options, measure, console);
}

/** Prints a stage that exists before compilation; undefined for later stages. */
function printEarly(stage: Stage, checked: CheckedFiles, policy: PolicyModel): string | undefined {
  if (stage === 'model') return printStage(policy);
  if (stage !== 'ast') return undefined;
  const text = checked.sources.get(checked.entry) ?? '';
  return printStage(parse(checked.entry, text, new Reporter()));
}

function printLate(stage: Stage, compiled: Compiled): string {
  const texts: Readonly<Partial<Record<Stage, string | undefined>>> = {
    ir: compiled.ir,
    as: compiled.assembly,
    wat: compiled.wat,
    manifest: JSON.stringify(compiled.manifest, undefined, 2),
  };
  const text = texts[stage] ?? '';
  return text.endsWith('\n') ? text : `${text}\n`;
}

async function validateAndWrite(
  policy: PolicyModel,
  compiled: Compiled,
  output: string,
  options: CompileCommandOptions,
  measure: Measure,
  console: Console,
): Promise<ExitCode> {
  const { wasm, manifest } = compiled;
  const { validate: isValidated, requests } = options;
  const size = `${output}: ${(wasm.length / 1024).toFixed(1)} KB`;
  if (!isValidated) {
    await measure('write', () => writeAll(compiled, output, options));
    console.err(`${size}; not compared with the evaluator\n${formatBounds(manifest)}`);
    return exitCode.fine;
  }
  const { validate } = await import('@nhipol/testing');
  const validation = measure('validate', () => validate(policy, wasm, { requests }));
  const [disagreement] = validation.disagreements;
  if (disagreement !== undefined) {
    console.err(
      [
        `${output} was not written: module and evaluator disagree`,
        'This is a bug in nhipol. Please report it with the policy and this request:',
        disagreement.request,
        `now: ${disagreement.now ?? 'the time of the request'}`,
        ...formatTableLines(disagreement.tables),
        `evaluator: ${printStage(disagreement.evaluator)}module: ${printStage(disagreement.module)}`,
      ].join('\n'),
    );
    return exitCode.bug;
  }
  const refuted = validation.invariants.filter(
    ({ counterexample }) => counterexample !== undefined,
  );
  if (refuted.length > 0) {
    console.err(`${output} was not written: the policy violates its invariants\n`);
    for (const result of refuted) console.err(formatInvariant(policy, result, console.errColors));
    return exitCode.findings;
  }
  await measure('write', () => writeAll(compiled, output, options));
  const steps = `${pluralize(validation.steps, 'step')} of its tests`;
  console.err(
    `${size}; module and evaluator agree on ${validation.requests} generated requests and ${steps} (${Math.round(validation.milliseconds)} ms)\n${formatBounds(manifest)}`,
  );
  return exitCode.fine;
}

async function writeAll(
  { wasm, manifest, description, encoding }: Compiled,
  output: string,
  options: CompileCommandOptions,
): Promise<void> {
  await writeAtomically(output, wasm);
  const [, script, types] = listOutputs(output, options);
  if (script === undefined || types === undefined) return;
  const { bindings } = await import('@nhipol/compiler');
  const { module, declarations } = bindings(manifest, description, encoding);
  await writeAtomically(script, module);
  await writeAtomically(types, declarations);
}

/** The paths of the module and, with `--bindings`, of its bindings. */
function listOutputs(
  output: string | undefined,
  { bindings }: CompileCommandOptions,
): readonly [module?: string, script?: string, types?: string] {
  if (output === undefined) return [];
  const base = output.replace(/\.wasm$/, '');
  return bindings === undefined ? [output] : [output, `${base}.js`, `${base}.d.ts`];
}

/** A file of the path in nhipol.toml may be a link, too. */
async function expectConfigured(policy: string, written: string): Promise<void> {
  const { expectConfiguredOutput } = await import('../../config/apply-config.ts');
  await expectConfiguredOutput('compile.output', [policy], written);
}
