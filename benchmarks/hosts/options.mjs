// The options of a command line, or one sentence about what is wrong with them.

import { parseArgs } from 'node:util';

/**
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @param {Options} options
 */
export function optionsOf(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
