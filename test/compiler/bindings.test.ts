// TypeScript accepts the declarations of typed bindings, and a request of another type is a type error.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindings } from '@nhipol/compiler';
import type { PolicyModel } from '@nhipol/language/model';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describePolicy } from '../../compiler/manifest/describe-policy.ts';
import { makeManifest } from '../../compiler/manifest/manifest.ts';
import { lower } from '../../compiler/public.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { checkPolicy } from '../support/checking.ts';
import { examples } from '../support/policies/examples.ts';
import { linkPolicy } from '../support/policies/linked.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-bindings-'));
  await mkdir(join(folder, 'node_modules/@nhipol'), { recursive: true });
  const runtime = fileURLToPath(new URL('../../runtime', import.meta.url));
  symlinkSync(runtime, join(folder, 'node_modules/@nhipol/runtime'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function bound(policy: PolicyModel) {
  const ir = lower(policy);
  const manifest = makeManifest(policy, ir, { compiler: '0.0.0', sources: 'hash' });
  const description = describePolicy(policy, ir);
  const { encodings } = linkPolicy(policy, ir, description);
  const [encoding = expect.fail('no encoding')] = encodings;
  return bindings(manifest, description, encoding);
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function listComplaints(paths: readonly string[]): readonly string[] {
  return listDiagnostics(paths).map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

function listDiagnostics(paths: readonly string[]): readonly ts.Diagnostic[] {
  const program = ts.createProgram(paths, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['nhipol-source'],
    allowImportingTsExtensions: true,
    types: [],
  });
  // Only the files of this test, because checking the runtime and the libraries takes longest.
  const own = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(`${folder}/`) && !fileName.includes('/runtime/'));
  return [
    ...program.getOptionsDiagnostics(),
    ...own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
}

/**
 * Returns the indexes of the files without an error. One TypeScript program for all, because creating one takes
 * long.
 */
function findMissedFiles(paths: readonly string[]): readonly number[] {
  const wrong = new Set(listDiagnostics(paths).map(({ file }) => file?.fileName));
  return paths.flatMap((path, at) => (wrong.has(path) ? [] : [at]));
}

const small = checkPolicy(`policy small version "1.0.0"
enum Level { LOW, HIGH }
enum Colour { red, green, other, else other }
subject agent { "a name": String, level?: Level, seen: Set<Level>, colour: Colour }
action any { count?: Int }
resource any { at: Timestamp, labels: Map<String, Level>, lines: List<{ amount: Decimal, tags: Set<String> }> }
constraint rows: Int smallest wins
constraint count: Int limits action.count or lower
for agent doing "read" {
  permit low when subject.level is LOW
  narrow high when subject.level is HIGH to { rows: 10, count: 3 }
}
`);

test('TypeScript accepts the declarations of all examples', () => {
  const paths = examples.map(({ name, path }) => {
    const policy = loadPolicy(path).policy ?? expect.fail(`${name} has errors`);
    return write(`${name}.d.ts`, bound(policy).declarations);
  });
  expect(listComplaints(paths)).toEqual([]);
});

const request = `{
  subject: { type: 'agent', id: 'a', properties: { 'a name': 'n', seen: ['LOW'], colour: 'blue' } },
  action: { name: 'read' },
  resource: { type: 'r', id: 'r', properties: { at: new Date(), labels: { a: 'HIGH' }, lines: [{ amount: 1.5, tags: new Set(['x']) }] } },
}`;

function using(literal: string, name = 'using.mts'): string {
  return write(
    name,
    `import { type Decision, load, type Request } from './small.js';
     const request: Request = ${literal};
     const decision: Decision = load(new Uint8Array()).decide(request);
     export const rows: number | bigint | undefined = decision.constraints.rows;
     export const count: number | bigint | undefined = decision.lower['action.properties.count'];
     if (decision.effect === 'permit') void (decision.reasons satisfies readonly ('low' | 'high' | string)[]);\n`,
  );
}

test('a request of the declared types compiles, and any other is a type error', () => {
  const { declarations, module } = bound(small);
  write('small.d.ts', declarations);
  expect(listComplaints([using(request)])).toEqual([]);
  const mistakes: readonly (readonly [was: string, is: string])[] = [
    ["'LOW'", "'LOVV'"],
    ["a: 'HIGH'", "a: 'HIGHER'"],
    ["'a name': 'n', ", ''],
    ['amount: 1.5', "amount: '1.5'"],
    ['new Date()', '5'],
    ["id: 'a', ", ''],
  ];
  const paths = mistakes.map(([was, is], at) => using(request.replace(was, is), `wrong-${at}.mts`));
  expect(findMissedFiles(paths).map((at) => mistakes[at])).toEqual([]);
  expect(module).toContain('export const bindings = { sources, makeWriter };');
});

test('scoped contexts are a union, and requests of their policy are written as JSON', () => {
  const { declarations, module } = bound(
    checkPolicy(`policy scoped version "1.0.0"
subject agent {}
context { level?: Int }
context for any doing pay { currency: String }
context for any doing mail { to: Set<String> }
for agent { permit low when context.level < 3 }
`),
  );
  const using = (context: string, name: string) =>
    write(
      name,
      `import type { Request } from './scoped.js';
       export const request: Request = {
         subject: { type: 'agent', id: 'a' }, action: { name: 'pay' },
         resource: { type: 'r', id: 'r' }, context: ${context},
       };\n`,
    );
  write('scoped.d.ts', declarations);
  const right = ["{ currency: 'EUR', level: 1 }", "{ to: ['a'] }", '{}'];
  expect(listComplaints(right.map((each, at) => using(each, `scoped-${at}.mts`)))).toEqual([]);
  const wrong = ['{ currency: 5 }', '{ other: 5 }', "{ level: 'x' }"];
  expect(findMissedFiles(wrong.map((each, at) => using(each, `not-scoped-${at}.mts`)))).toEqual([]);
  expect(module).toContain('export const bindings = { sources };');
  expect(module).not.toContain('makeWriter');
});

const live = checkPolicy(`policy live version "1.0.0"
subject agent { scopes: Set<String> = {} }
action any { tool?: String }
resource any {}
context { time: Timestamp, risk: Int, "a note"?: String, site?: { floor: Int } }
signals { leaked: {} }
for agent {
  permit works when context.risk < 50
  revoke leaked when once(signal "leaked")
}
`);

function inSession(statement: string, name = 'live-using.mts'): string {
  return write(
    name,
    `import { createSessions } from '@nhipol/runtime';
     import { load } from './live.js';
     const sessions = createSessions(load(new Uint8Array()));
     const session = sessions.open('s', ${opening});
     ${statement}\n`,
  );
}

/** The manifest of a test does not describe sessions. */
const signals = 'readonly signals: { readonly leaked: object }';
const opening = `{ subject: { type: 'agent', id: 'a' }, context: { risk: 1 } }`;
const question = `{ action: { name: 'x', properties: { tool: 't' } }, resource: { type: 'r', id: 'r' } }`;

test('sessions of a bound policy have its types', () => {
  write('live.d.ts', bound(live).declarations.replace('readonly signals: object', signals));
  const fine = [
    `sessions.open('s', ${opening});`,
    `sessions.open('s', '{}');`,
    `const { effect, reasons } = session.decide(${question});
     effect satisfies 'permit' | 'deny' | 'revoke';
     reasons satisfies readonly ('works' | 'clock_went_back' | string)[];`,
    `session.decide();`,
    `session.patch({ context: { risk: null, site: { floor: 2 } } });`,
    `session.patch('context.risk', 5n);`,
    `session.patch('context."a note"', null);`,
    `session.patch('context.site.floor', 2);`,
    `session.replace({ context: { risk: 2 } });`,
    `session.record('leaked');`,
    `sessions.on('revoked', ({ id }) => sessions.get(id)?.close()).off('revoked', () => {});`,
    `sessions.preview(load(new Uint8Array())).activate();`,
    `sessions.preview(sessions.policy).activate();`,
  ];
  expect(listComplaints([inSession(fine.join('\n'))])).toEqual([]);
  const mistakes = [
    `sessions.open('s', { context: { risk: 1 } });`,
    `sessions.open('s', { subject: { type: 'agent', id: 'a' }, context: { risk: '1' } });`,
    `session.decide({ action: { name: 'x', properties: { tool: 5 } } });`,
    `session.decide().effect satisfies 'narrow';`,
    `session.patch({ context: { risk: 'HIGH' } });`,
    `session.patch({ context: { levl: 1 } });`,
    `session.patch('context.levl', 5);`,
    `session.patch('context.risk', 'HIGH');`,
    `session.record('leakd');`,
  ];
  const paths = mistakes.map((mistake, at) => inSession(mistake, `mistake-${at}.mts`));
  expect(findMissedFiles(paths).map((at) => mistakes[at])).toEqual([]);
});
