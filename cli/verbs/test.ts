// `nhipol test`.

import { Option } from '@commander-js/extra-typings';
import { testEngines } from '../config/keys.ts';
import { examples } from './examples.ts';
import type { AddVerb } from './verb.ts';

export const addTest: AddVerb = (program, { console, end, over }) => {
  program
    .command('test')
    .description('run the tests that policies hold')
    .argument('[policy...]', 'policy files; else those of nhipol.toml')
    .addOption(
      new Option('--engine <engine>', 'what decides')
        .choices(testEngines)
        .default('evaluator' as const),
    )
    .option('--watch', 'run again whenever a file changes', false)
    .addHelpText(
      'after',
      examples([
        ['nhipol test policy.nhipol', "the policy's tests, by the evaluator"],
        ['nhipol test --engine both', 'those of nhipol.toml, also by the compiled module'],
        ['nhipol test policy.nhipol --watch', 'again after each change'],
      ]),
    )
    .action(async (named, { engine, watch }) => {
      const { testCommand } = await import('../commands/test.ts');
      const test = (paths: readonly string[]) => testCommand(paths, { engine }, console());
      end(await over(named, watch, test));
    });
};
