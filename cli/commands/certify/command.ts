// Declares `nhipol certify`: its arguments, options and examples.

import type { AddCommand } from '../add-command.ts';
import { examples } from '../examples.ts';
import { textOrJson } from '../format-option.ts';

export const addCertify: AddCommand = (program, { console, end }) => {
  program
    .command('certify')
    .description('check the proofs that nhipol prove wrote, without trusting the solver')
    .argument('<proof>', 'file of nhipol prove --certificate')
    .addOption(textOrJson())
    .addHelpText(
      'after',
      examples([
        ['nhipol certify proof.json', 'check the policy in the file and all its proofs'],
        ['nhipol certify proof.json --format json', 'report the results as JSON'],
      ]),
    )
    .action(async (path, options) => {
      const { certifyCommand } = await import('./run.ts');
      end(await certifyCommand(path, options, console()));
    });
};
