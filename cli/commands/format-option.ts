// The option of commands that print their result as text or as JSON.

import { Option } from '@commander-js/extra-typings';

export function createTextOrJsonOption() {
  return new Option('--format <format>', 'output format')
    .choices(['text', 'json'] as const)
    .default('text' as const);
}
