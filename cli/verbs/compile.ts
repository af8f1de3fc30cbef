// `nhipol compile`.

import { Option } from '@commander-js/extra-typings';
import { wholeNumber } from './arguments.ts';
import type { AddVerb } from './verb.ts';

export const addCompile: AddVerb = (program, { console, end }) => {
  program
    .command('compile')
    .description('compile a policy to a WebAssembly module')
    .argument('<policy>', 'policy file')
    .option('-o, --output <file>', 'where to write the module')
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
    .option('--no-validate', 'do not compare the module with the evaluator')
    .option('--requests <n>', 'requests to generate for the comparison', wholeNumber, 500)
    .action(async (path, { output, emit, validate, requests }) => {
      const { compileCommand } = await import('../commands/compile.ts');
      end(await compileCommand(path, { output, emit, validate, requests }, console()));
    });
};
