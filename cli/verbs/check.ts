// `nhipol check`.

import { Option } from '@commander-js/extra-typings';
import type { AddVerb } from './verb.ts';

export const addCheck: AddVerb = (program, { console, end }) => {
  program
    .command('check')
    .description('report what is wrong with policies')
    .argument('<policy...>', 'policy files')
    .addOption(
      new Option('--format <format>', 'how to report')
        .choices(['pretty', 'json', 'sarif', 'github'] as const)
        .default('pretty' as const),
    )
    .option('--fix', 'mend what can be mended for certain', false)
    .option('--deny-warnings', 'exit with 1 when there are warnings, too', false)
    .action(async (paths, options) => {
      const { checkCommand } = await import('../commands/check.ts');
      end(await checkCommand(paths, options, console()));
    });
};
