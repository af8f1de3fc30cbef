// `nhipol fmt`.

import type { AddVerb } from './verb.ts';

export const addFmt: AddVerb = (program, { console, end }) => {
  program
    .command('fmt')
    .description('bring policies into the canonical style')
    .argument('<policy...>', 'policy files; - for standard input')
    .option('--check', 'write nothing and exit with 1 where something would change', false)
    .option('--diff', 'write nothing and print what would change', false)
    .action(async (paths, options) => {
      const { fmtCommand } = await import('../commands/fmt.ts');
      end(await fmtCommand(paths, options, console()));
    });
};
