// The records and numbers of the library that hosts read are those of the contract, and its kinds those of the
// compiler.

import * as contract from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { firstPolicyKind, memberKinds, valueKinds } from '../../compiler/emit/data/record-table.ts';
import { Library } from '../support/modules/assembly-harness.ts';

type Fields = Readonly<Record<string, number>>;

const { present, value, ...cell } = contract.cellLayout;

/** The classes by file, with the offset of each field, and their size. */
const classes: Readonly<Record<string, Readonly<Record<string, Fields>>>> = {
  'memory/cells.ts': { Cell: { ...cell, presence: present } },
  'policy/response/response.ts': { Header: contract.headerLayout },
};

const upper = (prefix: string, values: object) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name.toUpperCase()}`, value]),
  );
const numbers = (errors: Readonly<Record<string, contract.ErrorRow>>) =>
  Object.fromEntries(Object.entries(errors).map(([name, { number }]) => [name, number]));

/** Constant expressions by file, with their values. */
const constants: Readonly<Record<string, Fields>> = {
  'memory/cells.ts': {
    'Marks.PRESENT': contract.cellMarks.present,
    'Marks.USABLE': contract.cellMarks.known,
    'Marks.PRESENT | Marks.KNOWN': contract.cellMarks.known,
    'Marks.PARTIAL': contract.cellMarks.partial,
    "offsetof<WordCell>('value')": value,
    "offsetof<WordCell>('marks')": present,
  },
  'rules/result.ts': {
    ...upper('Effect', Object.fromEntries(contract.effects.map((name, index) => [name, index]))),
    'ResultFlag.DEFAULT_DENY': contract.answerFlags.defaultDeny,
    'ResultFlag.INVALID': contract.answerFlags.invalid,
    'ResultFlag.NO_INSTANT': contract.answerFlags.noInstant,
  },
  'reading/errors.ts': {
    ...upper('Code', {
      ...numbers(contract.requestErrors),
      ...numbers(contract.sessionErrors),
      ...numbers(contract.tableErrors),
      ...numbers(contract.decisionErrors),
    }),
    'Severity.FAULT': contract.severities.member,
    'Severity.AMBIGUOUS': contract.severities.ambiguous,
    'Severity.TEXT': contract.severities.bytes,
  },
  'time/clock.ts': upper('Clock', contract.clock),
  'policy/response/response.ts': {
    'Form.HEADER': contract.forms.header,
    'Form.RESPONSE': contract.forms.response,
    'Form.UNLESS_KEYED': contract.forms.unlessKeyed,
    'Form.KEYED_HEADER': contract.forms.keyedHeader,
  },
  'sessions/decide.ts': upper('Ask', contract.asks),
  'reading/roots.ts': upper('Part', contract.requestParts),
  'reading/members.ts': upper('MemberKind', memberKinds),
  'reading/shapes.ts': { ...upper('Kind', valueKinds), 'Kind.RECORD + 1': firstPolicyKind },
};

test('the records and constants of the library are those of the contract and the compiler', async () => {
  const expected = new Map<string, [file: string, expression: string, value: number]>();
  const add = (file: string, expression: string, value: number) =>
    expected.set(`contract_${expected.size}`, [file, expression, value]);
  for (const [file, own] of Object.entries(classes)) {
    for (const [name, fields] of Object.entries(own)) {
      for (const [field, offset] of Object.entries(fields)) {
        add(
          file,
          field === 'size' ? `offsetof<${name}>()` : `offsetof<${name}>('${field}')`,
          offset,
        );
      }
    }
  }
  for (const [file, own] of Object.entries(constants)) {
    for (const [expression, value] of Object.entries(own)) add(file, expression, value);
  }
  const change = (file: string, source: string) =>
    [...expected]
      .filter(([, [own]]) => own === file)
      .map(([name, [, expression]]) => `export const ${name}: i32 = <i32>(${expression});\n`)
      .reduce((text, line) => text + line, source);
  const { exports } = await Library.load({ simd: false, change });
  const globals = exports as unknown as Readonly<Record<string, { readonly value: number }>>;
  const found = [...expected].map(([name, [file, expression]]) => [
    file,
    expression,
    globals[name]?.value,
  ]);
  expect(found).toEqual([...expected.values()]);
});
