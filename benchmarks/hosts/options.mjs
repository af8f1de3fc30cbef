// Parses the options of a command line; returns them, or one sentence about an error.

import { parseArgs } from 'node:util';

/**
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @param {Options} options
 */
export function parseOptions(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
