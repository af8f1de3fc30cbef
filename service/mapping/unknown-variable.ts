// Finds variables of expressions that nothing sets. Such an expression would never have a value.

import { Environment } from '@marcbachmann/cel-js';

/** Returns the first variable of an expression that is not one of these, or `undefined` if there is none. */
export function describeUnknownVariable(
  text: string,
  names: readonly string[],
): string | undefined {
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  });
  for (const name of names) environment.registerVariable(name, 'map');
  const { error } = environment.check(text);
  return /^Unknown variable: (\w+)/.exec(error?.message ?? '')?.[1];
}
