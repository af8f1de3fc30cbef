// Secret members in modules: the same code as without the modifier, and marked in the schema of requests.

import { compile } from '@nhipol/compiler';
import { manifestSection } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';
import { replaceSection } from '../support/modules/module-sections.ts';

const policy = (modifier: string) => `policy p
subject agent { key: ${modifier}String, card?: ${modifier}{ number: String } }
action any { pins: ${modifier}Set<Int> = {} }
for agent {
  permit ok when subject.key starts_with "a" and 7 in action.pins
  deny test_card when subject.card.number is "4111"
}`;

const compileModifier = (modifier: string) => compile(checkPolicy(policy(modifier)), assemble);
const [secret, open] = [await compileModifier('secret '), await compileModifier('')];

test('a module has the same bytes with and without the modifier, except for its manifest', () => {
  const code = (wasm: Uint8Array) => Buffer.from(replaceSection(wasm, manifestSection, '{}'));
  expect(code(secret.wasm).equals(code(open.wasm))).toBe(true);
  expect(secret.manifest).not.toEqual(open.manifest);
});

test('the schema marks secret members as `writeOnly`', () => {
  const { properties } = secret.manifest.schema as { properties: Record<string, unknown> };
  expect(properties).toMatchObject({
    subject: {
      properties: {
        properties: {
          properties: {
            key: { type: 'string', writeOnly: true },
            card: { anyOf: [{ type: 'object' }, { type: 'null' }], writeOnly: true },
          },
        },
      },
    },
    action: { properties: { properties: { properties: { pins: { writeOnly: true } } } } },
  });
  expect(JSON.stringify(open.manifest.schema)).not.toContain('writeOnly');
});
