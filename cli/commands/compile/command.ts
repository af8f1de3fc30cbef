// Declares `nhipol compile`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import { fromFile } from '../../config/settings.ts';
import { getSharedAssembler } from '../../engines/assembler.ts';
import type { AddCommand } from '../add-command.ts';
import { parseWholeNumber } from '../arguments.ts';
import { formatExamples } from '../examples.ts';

export const addCompile: AddCommand = (program, { console, end }) => {
  program
    .command('compile')
    .description('compile a policy to a WebAssembly module')
    .argument('<policy>', 'policy file')
    .option(
      '-o, --output <file>',
      "write the module to this file; {name} stands for the policy's name",
    )
    .addOption(
      new Option('--emit <stage>', 'print a stage of the compiler').choices([
        'ast',
        'model',
        'ir',
        'as',
        'wat',
        'manifest',
      ] as const),
    )
    .addOption(
      new Option('--bindings <language>', 'write typed bindings next to the module').choices([
        'ts',
      ] as const),
    )
    .option('--validate', 'compare the module with the evaluator before writing it', true)
    .option('--no-validate', 'write the module without the comparison')
    .option(
      '--requests <n>',
      'number of requests to generate for the comparison',
      parseWholeNumber,
      500,
    )
    .option('--simd', 'use vector instructions: faster, but not every host supports them', false)
    .option('--sessions', 'support sessions; always on for a policy with history terms', false)
    .option('--possible', 'also evaluate what could be permitted for incomplete requests', false)
    .option('--prove', 'add the sources and proofs to the module, for nhipol certify', false)
    .option('--timings', 'print the time of each stage to standard error', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol compile policy.nhipol -o policy.wasm', 'validate the module, then write it'],
        [
          'nhipol compile policy.nhipol -o policy.wasm --bindings ts',
          'also write policy.js and policy.d.ts, which load it',
        ],
        [
          'nhipol compile policy.nhipol -o policy.wasm --prove',
          'write a module whose proofs others can check',
        ],
        ['nhipol compile policy.nhipol --emit as', 'print the generated AssemblyScript'],
        ['nhipol compile policy.nhipol', 'write the module to the path in nhipol.toml'],
      ]),
    )
    .action(
      async (
        path,
        { output, emit, bindings, validate, requests, simd, sessions, possible, prove, timings },
        command,
      ) => {
        if (emit !== 'ast' && emit !== 'model') getSharedAssembler();
        const { compileCommand } = await import('./run.ts');
        const { Timings } = await import('../../io/timings.ts');
        const isConfigured = command.getOptionValueSource('output') === fromFile;
        const options = {
          // An output path from nhipol.toml does not apply if only a stage is to be printed.
          output: isConfigured && emit !== undefined ? undefined : output,
          makesFolder: isConfigured,
          emit,
          bindings,
          validate,
          requests,
          simd,
          sessions,
          possible,
          prove,
          timings: timings ? new Timings(performance.now()) : undefined,
        };
        end(await compileCommand(path, options, console()));
      },
    );
};
