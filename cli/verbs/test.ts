// `nhipol test`.

import { Option } from '@commander-js/extra-typings';
import type { AddVerb } from './verb.ts';

export const addTest: AddVerb = (program, { console, end }) => {
  program
    .command('test')
    .description('run the tests that policies hold')
    .argument('<policy...>', 'policy files')
    .addOption(
      new Option('--engine <engine>', 'what decides')
        .choices(['both', 'evaluator', 'wasm'] as const)
        .default('evaluator' as const),
    )
    .action(async (paths, options) => {
      const { testCommand } = await import('../commands/test.ts');
      end(await testCommand(paths, options, console()));
    });
};
