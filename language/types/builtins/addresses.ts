// Builtins for IP addresses and networks. Values are canonical spellings (see ../addresses.ts); sets share
// the operators `in` and `within`.

import { containsAddress, prefixLengthOf, versionOf } from '../addresses.ts';
import { textForm } from '../string-forms.ts';
import { bool, cidr, int, ip, type Type, type Value } from '../types.ts';
import type { Builtin, Resolution } from './builtin.ts';

/** Resolves `in` for an Ip and a Cidr, or a set or list of Cidrs. */
export function addressIn(
  name: string,
  address: Type | undefined,
  around: Type | undefined,
  negated: boolean,
): Resolution | undefined {
  if (address?.kind !== 'Ip') return undefined;
  const several = around?.kind === 'Set' || around?.kind === 'List';
  if ((several ? around.element : around)?.kind !== 'Cidr') return undefined;
  return {
    name,
    result: bool,
    assembly: `ip${negated ? 'NotIn' : 'In'}Cidr${several ? 's' : ''}`,
    mayFail: false,
    evaluate: ([inner, outer]) => {
      const networks = (several ? outer : [outer]) as readonly string[];
      return networks.some((network) => containsAddress(network, inner as string)) !== negated;
    },
  };
}

const relations: Readonly<
  Record<string, readonly [assembly: string, holds: (a: string, b: string) => boolean]>
> = {
  within: ['cidrWithin', (a, b) => containsAddress(b, a)],
  'not within': ['cidrNotWithin', (a, b) => !containsAddress(b, a)],
  // If two networks have a common address, one contains the other.
  intersects: ['cidrIntersects', (a, b) => containsAddress(a, b) || containsAddress(b, a)],
};

/** Resolves an operator on two Cidrs as sets of addresses. */
export function networks(
  name: string,
  left: Type | undefined,
  right: Type | undefined,
): Resolution | undefined {
  const relation = relations[name];
  if (left?.kind !== 'Cidr' || right?.kind !== 'Cidr' || relation === undefined) return undefined;
  const [assembly, compute] = relation;
  return {
    name,
    result: bool,
    assembly,
    mayFail: false,
    evaluate: ([a, b]) => compute(a as string, b as string),
  };
}

function unary(
  name: string,
  doc: string,
  takes: string,
  resolve: (operand: Type | undefined) => Omit<Resolution, 'name'> | undefined,
): Builtin {
  const named = (rest: Omit<Resolution, 'name'> | undefined) => rest && { name, ...rest };
  return {
    name,
    doc,
    operands: 1,
    cost: 'constant',
    takes,
    resolve: ([operand]) => named(resolve(operand)),
  };
}

/** A function that parses a String. */
function parser(name: string, doc: string, result: Type, assembly: string): Builtin {
  return unary(name, doc, 'a String', (operand) =>
    operand?.kind === 'String'
      ? {
          result,
          assembly,
          mayFail: true,
          evaluate: ([text]) => textForm(result)?.read(text as string),
        }
      : undefined,
  );
}

const asInt = (assembly: string, compute: (spelling: string) => number) => ({
  result: int,
  assembly,
  mayFail: false,
  evaluate: ([spelling]: readonly Value[]) => BigInt(compute(spelling as string)),
});

export const addresses: readonly Builtin[] = [
  parser('ip', 'The string as an IP address; unknown if it is not a valid one.', ip, 'toIp'),
  parser('cidr', 'The string as a network; unknown if it is not a valid one.', cidr, 'toCidr'),
  unary('version', 'The IP version, 4 or 6.', 'an Ip or a Cidr', (operand) =>
    operand?.kind === 'Ip' || operand?.kind === 'Cidr'
      ? asInt('addressVersion', versionOf)
      : undefined,
  ),
  unary('prefix_length', 'The prefix length of a network.', 'a Cidr', (operand) =>
    operand?.kind === 'Cidr' ? asInt('prefixLength', prefixLengthOf) : undefined,
  ),
];
