// Small policies that are hard for provers: strings that several functions read, quantifiers within quantifiers over lists
// and maps, products and sums, many patterns and networks.

import type { Dice } from '../../../assurance/testing/generate/random.ts';

const writeNumbered = (count: number, write: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => write(index));

/** The conditions of each kind. */
export const hardConditions: Readonly<Record<string, readonly string[]>> = {
  strings: [
    'any x in subject.s satisfies any y in subject.t satisfies lower("{x}-{y}") in subject.u',
    'any x in subject.l satisfies any y in subject.s satisfies any z in subject.t satisfies "{x}{y}" is z',
    'any x in subject.ids satisfies lower(x.path) is lower(subject.b)',
    'lower(subject.a) is lower(subject.b) and subject.workload.trust_domain is lower(subject.a)',
  ],
  sets: writeNumbered(
    12,
    (at) =>
      `subject.s within { ${writeNumbered(14, (each) => `"v${at}-${each}"`).join(', ')} } and lower(subject.a) matches regex"x${at}[a-z]*y"`,
  ),
  patterns: writeNumbered(
    7,
    (at) => `any x in subject.s satisfies x matches regex"(a|b)*a(a|b){${at}}"`,
  ),
  nested: [
    'any g in action.groups satisfies any h in action.groups satisfies any x in g.items satisfies any y in h.items satisfies x.name is y.owner and x.tags intersects y.tags',
    'any g in action.groups satisfies all x in g.items satisfies any y in action.items satisfies x.name is y.name and x.n > y.n',
    'all g in action.groups satisfies any x in g.items satisfies all t in x.tags satisfies t in subject.s',
  ],
  maps: [
    'any e in resource.m satisfies all f in resource.m satisfies any g in resource.m satisfies e.value.name is f.key and f.value.name is g.key and e.value.n + g.value.n > f.value.n',
    'all e in resource.w satisfies any f in resource.n satisfies e.value is f.key',
    'any e in resource.w satisfies lower(e.value) is lower(e.key)',
  ],
  sums: [
    'sum(x.n for x in action.items) * sum(y.n for y in action.others) > 100',
    'sum(x.price * x.price for x in action.items) > 100.0',
    'sum(sum(x.n for x in g.items) for g in action.groups) > 10',
    'any x in action.items satisfies any y in action.others satisfies x.price * y.price > 100.0',
  ],
  networks: writeNumbered(
    30,
    (at) =>
      `any x in subject.ips satisfies x in 10.${at}.0.0/16 and subject.i not in 10.${at}.${at}.0/24`,
  ),
  sizes: [
    'size(subject.s) > 20 and size(subject.t union subject.u) > 22 and subject.s intersects subject.t',
    'size(action.items) > 20 and (any x in action.items satisfies size(x.tags) > 20)',
  ],
};

/** A policy with an invariant `k`. */
export function hardPolicy(
  kind: string,
  dice: Dice,
  conditions: readonly string[] = hardConditions[kind] ?? [],
): string {
  const rules = conditions.flatMap((condition, index) => [
    `  permit r${index} when ${condition}`,
    `  deny d${index} when ${condition} and subject.k > ${dice.int(100)}, if unknown skip`,
  ]);
  return `${declarations}
for agent doing read on file {
${rules.join('\n')}
}

invariant "k" for agent doing read on file
  subject.k > 999 implies effect >= deny
`;
}

const declarations = `policy acme.hard version "1.0.0"

record Item {
  name?: String, owner?: String, n?: Int(0..1_000), price?: Decimal(0.0..10_000.0), tags?: Set<String>
}
record Group { items?: List<Item> }

subject agent {
  a?: String, b?: String, workload?: SpiffeId, ids?: Set<SpiffeId>, s?: Set<String>, t?: Set<String>, u?: Set<String>
  l?: List<String>, i?: Ip, ips?: Set<Ip>, k?: Int(0..1_000)
}
action read { items?: List<Item>, others?: List<Item>, groups?: List<Group> }
resource file { m?: Map<String, Item>, w?: Map<String, String>, n?: Map<String, Int(0..1_000)> }
context { time: Timestamp }
`;
