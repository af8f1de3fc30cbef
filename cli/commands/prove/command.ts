// Declares `nhipol prove`: its arguments, options and examples.

import type { AddCommand } from '../add-command.ts';
import { parsePositive, parseWholeNumber } from '../arguments.ts';
import { formatExamples } from '../examples.ts';
import { createTextOrJsonOption } from '../format-option.ts';

export const addProve: AddCommand = (program, { console, end }) => {
  program
    .command('prove')
    .description('prove or refute claims about a policy for every request')
    .argument('<policy>', 'policy file')
    .argument('[claim...]', 'claims such as "never permit when …"; default: all of the policy')
    .option('--effort <n>', 'maximum number of conflicts of a search', parsePositive, 100_000)
    .option(
      '--events <n>',
      'maximum number of events of a session that refutes a claim',
      parseWholeNumber,
      3,
    )
    .option('--certificate <file>', 'write the proofs to this file, for nhipol certify')
    .option('--smt-lib <folder>', 'write each claim as an SMT-LIB script to this folder')
    .option(
      '--solver <program>',
      'decide the formula of each verdict with z3, cvc5 or another SMT solver',
    )
    .option(
      '--explain-trust',
      'also list what each verdict rests on: constructs, lemmas, checkers and trusted lines of code',
    )
    .option('-o, --output <folder>', 'folder to write counterexamples to', 'counterexamples')
    .addOption(createTextOrJsonOption())
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol prove policy.nhipol', 'prove or refute its invariants and the built-in ones'],
        [
          'nhipol prove policy.nhipol "never permit when subject.credential.exposed"',
          'prove or refute a claim that is not in the policy',
        ],
        [
          'nhipol prove policy.nhipol "higher context.risk.level never loosens"',
          'prove or refute that a change of one member never loosens an answer',
        ],
        [
          'nhipol prove policy.nhipol --events 5',
          'search longer sessions for one that refutes a claim about history',
        ],
        [
          'nhipol prove policy.nhipol --certificate proof.json',
          'write proofs that others can check',
        ],
        [
          'nhipol prove policy.nhipol --explain-trust',
          'show what each proof rests on, and what is trusted',
        ],
        ['nhipol prove policy.nhipol --solver z3', 'check that Z3 agrees with each verdict'],
      ]),
    )
    .action(async (policy, claims, options) => {
      const { proveCommand } = await import('./run.ts');
      end(await proveCommand(policy, claims, options, console()));
    });
};
