// The host decodes the rows of the encoding section to what the compiler described, and cells of an
// element are not confused with cells of the facts.

import type { PolicyModel } from '@nhipol/language/model';
import type { EncodedMember, Encoding } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { createEncodingSection } from '../../compiler/direct/section.ts';
import { lower } from '../../compiler/public.ts';
import { parseEncoding } from '../../runtime/direct/encoding-rows.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { checkPolicy } from '../support/checking.ts';
import { examples, templates } from '../support/policies/examples.ts';
import { linkPolicy } from '../support/policies/linked.ts';

function createEncoding(policy: PolicyModel | undefined): Encoding {
  const checked = policy ?? expect.fail('it does not check');
  const { encodings } = linkPolicy(checked, lower(checked));
  return encodings[0] ?? expect.fail('no encoding');
}

const benchmarks = ['p1', 'p2'].map((name) => ({ path: `benchmarks/policies/${name}.nhipol` }));

test.each([...examples, ...templates, ...benchmarks])(
  '$path is the same after encoding as rows and decoding',
  ({ path }) => {
    const encoding = createEncoding(loadPolicy(path).policy);
    const section: unknown = JSON.parse(JSON.stringify(createEncodingSection(encoding)));
    expect(parseEncoding(section as ReturnType<typeof createEncodingSection>)).toEqual(encoding);
  },
);

test('constants, defaults and ranges are the same after encoding as rows and decoding', () => {
  const encoding = createEncoding(
    checkPolicy(`policy p
enum Level { LOW < HIGH }
resource doc {
  level: Level = HIGH
  owner?: String
  tags: Set<String> = { "a", "b" }
  share: Decimal(0..1)
  parts: List<Part>
}
record Part { name: String, size: Int = 3 }
context { ip: Ip, at: Timestamp }
for any on doc {
  deny low when resource.level < HIGH
  deny named when "x" is resource.owner or resource.owner in { "y" } or "z" in resource.tags
  permit small when resource.share > 0.5 and any p in resource.parts satisfies p.size < 4
}`),
  );
  const section: unknown = JSON.parse(JSON.stringify(createEncodingSection(encoding)));
  expect(parseEncoding(section as ReturnType<typeof createEncodingSection>)).toEqual(encoding);
});

test('no test reads a cell far into an element', () => {
  const many = Array.from({ length: 60 }, (_, index) => `m${index}?: Int`);
  const { resource } = createEncoding(
    checkPolicy(`policy p
record Side { ${many.join(', ')} }
record Part { left: Side, right: Side }
resource doc { size: Int, parts: List<Part> }
for any on doc {
  permit small when resource.size < 4 and any p in resource.parts satisfies p.right.m7 is 1
}`),
  );
  const parts = resource.shapes[0]?.members.find(({ name }) => name === 'parts');
  const inElements = parts === undefined ? [] : within(parts);
  expect(inElements).toHaveLength(2 + 2 * many.length);
  expect(inElements.filter(({ read, slot }) => read !== undefined || slot !== undefined)).toEqual(
    [],
  );
});

/** All members of a member's value. */
function within({ value }: EncodedMember): readonly EncodedMember[] {
  const element = value.kind === 'List' ? value.element : value;
  const members = element.kind === 'Record' ? element.members : [];
  return members.flatMap((member) => [member, ...within(member)]);
}
