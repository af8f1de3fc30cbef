// `nhipol compile`.

import { Option } from '@commander-js/extra-typings';
import { fromFile } from '../../config/settings.ts';
import { sharedAssembler } from '../../engines/assembler.ts';
import type { AddVerb } from '../add-command.ts';
import { wholeNumber } from '../arguments.ts';
import { examples } from '../examples.ts';

export const addCompile: AddVerb = (program, { console, end }) => {
  program
    .command('compile')
    .description('compile a policy to a WebAssembly module')
    .argument('<policy>', 'policy file')
    .option('-o, --output <file>', "where to write the module; {name} is the policy's name")
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
      new Option('--bindings <language>', 'write typed bindings beside the module').choices([
        'ts',
      ] as const),
    )
    .option('--validate', 'compare the module with the evaluator before it is written', true)
    .option('--no-validate', 'do not compare them')
    .option('--requests <n>', 'requests to generate for the comparison', wholeNumber, 500)
    .option(
      '--simd',
      'let the module have vector instructions: it is faster, and not for every host',
      false,
    )
    .option(
      '--sessions',
      'let the module hold sessions; one whose policy asks for history does in any case',
      false,
    )
    .option('--timings', 'tell how long each stage takes', false)
    .addHelpText(
      'after',
      examples([
        ['nhipol compile policy.nhipol -o policy.wasm', 'the module, checked before it is written'],
        [
          'nhipol compile policy.nhipol -o policy.wasm --bindings ts',
          'the module, and policy.js and policy.d.ts to load it with',
        ],
        ['nhipol compile policy.nhipol --emit as', 'the AssemblyScript that it is made of'],
        ['nhipol compile policy.nhipol', 'the module, to where nhipol.toml says'],
      ]),
    )
    .action(
      async (
        path,
        { output, emit, bindings, validate, requests, simd, sessions, timings },
        command,
      ) => {
        if (emit !== 'ast' && emit !== 'model') sharedAssembler();
        const { compileCommand } = await import('./run.ts');
        const { Timings } = await import('../../io/timings.ts');
        const isConfigured = command.getOptionValueSource('output') === fromFile;
        const options = {
          // Whoever only wants to see a stage gets no file.
          output: isConfigured && emit !== undefined ? undefined : output,
          makesFolder: isConfigured,
          emit,
          bindings,
          validate,
          requests,
          simd,
          sessions,
          timings: timings ? new Timings(performance.now()) : undefined,
        };
        end(await compileCommand(path, options, console()));
      },
    );
};
