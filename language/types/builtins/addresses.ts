// Builtins for IP addresses and networks. Values are canonical spellings (see ../addresses.ts); sets share
// the operators `in` and `within`.

import { containsAddress, readIpVersion, readPrefixLength } from '../addresses.ts';
import { getTextForm } from '../string-forms.ts';
import { bool, cidr, int, ip, type Type, type Value } from '../types.ts';
import type { BuiltinRow, BuiltinRows, Meaning } from './builtin.ts';

/** Resolves `in` for an Ip and a Cidr, or a set or list of Cidrs. */
export function resolveAddressMembership(
  address: Type | undefined,
  around: Type | undefined,
  negated: boolean,
): Meaning | undefined {
  if (address?.kind !== 'Ip') return undefined;
  const several = around?.kind === 'Set' || around?.kind === 'List';
  if ((several ? around.element : around)?.kind !== 'Cidr') return undefined;
  return {
    result: bool,
    assembly: `ip${negated ? 'NotIn' : 'In'}Cidr${several ? 's' : ''}`,
    mayFail: false,
    evaluate: ([inner, outer]) => {
      const networks = (several ? outer : [outer]) as readonly string[];
      return networks.some((network) => containsAddress(network, inner as string)) !== negated;
    },
  };
}

/** The operators on two sets of addresses. */
export type NetworkRelation = 'within' | 'not within' | 'intersects';

const relations: Readonly<
  Record<NetworkRelation, readonly [assembly: string, holds: (a: string, b: string) => boolean]>
> = {
  within: ['cidrWithin', (a, b) => containsAddress(b, a)],
  'not within': ['cidrNotWithin', (a, b) => !containsAddress(b, a)],
  // If two networks have a common address, one contains the other.
  intersects: ['cidrIntersects', (a, b) => containsAddress(a, b) || containsAddress(b, a)],
};

/** Resolves an operator on two Cidrs as sets of addresses. */
export function relateNetworks(
  name: NetworkRelation,
  left: Type | undefined,
  right: Type | undefined,
): Meaning | undefined {
  if (left?.kind !== 'Cidr' || right?.kind !== 'Cidr') return undefined;
  const [assembly, compute] = relations[name];
  return {
    result: bool,
    assembly,
    mayFail: false,
    evaluate: ([a, b]) => compute(a as string, b as string),
  };
}

function createUnaryRow(
  doc: string,
  takes: string,
  resolve: (operand: Type | undefined) => Meaning | undefined,
): BuiltinRow {
  return {
    doc,
    operands: 1,
    cost: 'constant',
    takes,
    resolve: ([operand]) => resolve(operand),
  };
}

/** A function that parses a String. */
function createParserRow(doc: string, result: Type, assembly: string): BuiltinRow {
  return createUnaryRow(doc, 'a String', (operand) =>
    operand?.kind === 'String'
      ? {
          result,
          assembly,
          mayFail: true,
          evaluate: ([text]) => getTextForm(result)?.read(text as string),
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

export const addressBuiltins = {
  ip: createParserRow('The string as an IP address; unknown if it is not a valid one.', ip, 'toIp'),
  cidr: createParserRow(
    'The string as a network; unknown if it is not a valid one.',
    cidr,
    'toCidr',
  ),
  version: createUnaryRow('The IP version, 4 or 6.', 'an Ip or a Cidr', (operand) =>
    operand?.kind === 'Ip' || operand?.kind === 'Cidr'
      ? asInt('addressVersion', readIpVersion)
      : undefined,
  ),
  prefix_length: createUnaryRow('The prefix length of a network.', 'a Cidr', (operand) =>
    operand?.kind === 'Cidr' ? asInt('prefixLength', readPrefixLength) : undefined,
  ),
} satisfies BuiltinRows;
