// `nhipol check`.

import { Option } from '@commander-js/extra-typings';
import { checkFormats } from '../../config/keys.ts';
import { UsageError } from '../../io/exit-codes.ts';
import type { AddVerb } from '../add-command.ts';
import { examples } from '../examples.ts';

export const addCheck: AddVerb = (program, { console, end, over }) => {
  program
    .command('check')
    .description('report what is wrong with policies')
    .argument('[policy...]', 'policy files, - for standard input; else those of nhipol.toml')
    .addOption(
      new Option('--format <format>', 'how to report')
        .choices(checkFormats)
        .default('pretty' as const),
    )
    .option('--fix', 'mend what can be mended for certain', false)
    .option('--deny-warnings', 'exit with 1 when there are warnings', false)
    .option('--no-deny-warnings', 'let warnings pass, whatever nhipol.toml says')
    .option('--timings', 'tell how long each stage takes', false)
    .option('--watch', 'check again whenever a file changes', false)
    .addHelpText(
      'after',
      examples([
        ['nhipol check policy.nhipol', 'all mistakes, with what to do'],
        ['nhipol check --watch', 'the policies of nhipol.toml, again after each change'],
        ['nhipol check policy.nhipol --fix', 'mended where that is certain'],
        ['nhipol check - < policy.nhipol', 'a policy from standard input'],
        [
          'nhipol check policy.nhipol --format sarif',
          'for code scanning; json, github: for others',
        ],
      ]),
    )
    .action(async (named, { format, fix, denyWarnings, timings: isTimed, watch }) => {
      if (watch && named.includes('-')) {
        throw new UsageError('--watch reads files again, and standard input can be read once');
      }
      const { checkCommand } = await import('./run.ts');
      const { Timings } = await import('../../io/timings.ts');
      // The process starts once, and what is watched is checked again and again.
      const timings = isTimed ? new Timings(watch ? undefined : performance.now()) : undefined;
      const check = (paths: readonly string[]) =>
        checkCommand(paths, { format, fix, denyWarnings, timings }, console());
      end(await over(named, watch, check));
    });
};
