// Declares `nhipol certify`: its arguments, options and examples.

import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';
import { createTextOrJsonOption } from '../format-option.ts';

export const addCertify: AddCommand = (program, { console, end }) => {
  program
    .command('certify')
    .description(
      'check the certificates in a file or module, without trusting its author or the solver',
    )
    .argument('<proof>', 'file of nhipol prove --certificate, or module of nhipol compile --prove')
    .option(
      '--require <claim...>',
      'names of claims that must be proved; default: all, the claims that the sources make',
      ['all'],
    )
    .addOption(createTextOrJsonOption())
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol certify proof.json', 'check the policy in the file and all its proofs'],
        [
          'nhipol certify policy.wasm',
          'also compile the sources in the module again, and compare the bytes',
        ],
        [
          "nhipol certify policy.wasm --require 'missing data restricts'",
          'require one claim only; the others may have no proof',
        ],
        ['nhipol certify proof.json --format json', 'report the results as JSON'],
      ]),
    )
    .action(async (path, options) => {
      const { certifyCommand } = await import('./run.ts');
      end(await certifyCommand(path, options, console()));
    });
};
