// Options that the commands with a policy and a log have in common.

import { Option } from '@commander-js/extra-typings';
import { collectArgument } from '../arguments.ts';

export function createModeOption() {
  return new Option('--mode <mode>', 'enforce decisions, or only log them')
    .choices(['enforce', 'observe'] as const)
    .default('enforce' as const);
}

export function createObligationOption() {
  return new Option(
    '--obligation <name>',
    'permit answers with this obligation, which its line in the log carries out; repeatable',
  )
    .argParser<readonly string[]>(collectArgument)
    .default([] as readonly string[]);
}
