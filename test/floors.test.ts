// Rules that the exports of the packages cannot state: that a part imports only what its package.json lists, and no file of
// another part by its path; which folders of a part may import which; that pure parts stay pure; and that folders do not
// import each other in a cycle. ARCHITECTURE.md explains the reasons.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { readManifest, readPackages } from '../scripts/read-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The folders and packages that a floor may import, in addition to itself, where its package.json does not say so, because
 * it is a part of a package or a published one that bundles the others. `node:*` means all of Node.js.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'runtime/contract': [],
  runtime: [
    'runtime/contract',
    '@assemblyscript/loader',
    '@noble/hashes/sha2.js',
    '@noble/hashes/utils.js',
  ],
  'runtime/node': ['runtime', 'runtime/contract', 'node:*'],
  service: [
    'service/client/service-client',
    'runtime',
    'runtime/contract',
    'runtime/node',
    'runtime/request/call-digest',
    'node:*',
    '@cfworker/json-schema',
    '@marcbachmann/cel-js',
    'canonicalize',
    'eventsource-parser',
    'ipaddr.js',
    'jose',
    'libsql',
    'lossless-json',
    'fastify',
    '@fastify/swagger',
    'prom-client',
    '@opentelemetry/api',
  ],
  'service/grpc': ['runtime', 'service', 'node:*', '@grpc/grpc-js', '@grpc/proto-loader'],
  'service/cluster': [
    'runtime',
    'runtime/contract',
    'service/engine/answers',
    'service/engine/policy-module',
    'service/json/members',
    'service/pdp/requests/exact-json',
    'service/pdp/sessions/live-sessions',
    'service/pdp/problem',
    'service/pdp/sessions/session-caller',
    'service/pdp/sessions/session-host',
    'service/pdp/sessions/session-target',
    'service/signals/receive/receiver',
    'service/signals/receive/stored-set',
    'service/signals/session-parts',
    'service/signals/sets/verify-set',
    'service/signals/store/signal-store',
    'service/store/store',
    'service/support/format-url',
    'service/support/message-of',
    'service/support/named-file',
    'node:*',
    '@nats-io/jetstream',
    '@nats-io/transport-node',
    'lossless-json',
  ],
  'service/client': [
    'runtime',
    'service/json/members',
    'service/json/parse-untrusted',
    'eventsource-parser',
  ],
  'service/middleware': [
    'runtime',
    'service/client',
    'service/json/members',
    'service/support/trace-id',
    'service/engine/abilities',
    'service/engine/answers',
    'service/pdp/decision-point',
  ],
  'hosts/mcp': ['runtime', 'service', 'node:*'],
  examples: [
    'language',
    'runtime',
    'runtime/contract',
    'compiler',
    'assurance/testing',
    'cli',
    'service',
    'service/middleware',
    'node:*',
    'picocolors',
    'fast-check',
    'vitest',
  ],
  'editors/vscode': [
    'cli',
    'editors/language-server',
    'assurance/reporting',
    'vscode',
    'vscode-languageclient',
    'vscode-languageclient/browser',
    'vscode-languageclient/node',
  ],
  assembly: [],
};

const packages = readPackages(root);
/** The private parts by their folders: each may import the packages that its package.json lists. */
const privateParts = new Map(
  packages
    .filter(({ manifest }) => manifest.private)
    .map(({ folder, manifest }) => [
      folder,
      new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })),
    ]),
);
const floors = [...Object.keys(allowed), ...privateParts.keys()];

/** Folders of private parts that may use Node.js. */
const usesNode = ['cli/', 'assurance/testing/node/'];

/** The exports of all packages by name, each with its file. */
const exported = new Map(
  [...packages, { folder: '', manifest: readManifest(root, '.') }].flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports).map(([subpath, targets]) => [
      join(manifest.name, subpath),
      join(folder, targets['nhipol-source'] ?? ''),
    ]),
  ),
);

/**
 * The parts of a floor, folders and files, lowest first: each may import those in lines above its own. Files that are
 * not listed are at the top of the floor.
 */
const parts: Readonly<Record<string, readonly (readonly string[])[]>> = {
  language: [
    ['support'],
    ['vocabulary', 'types'],
    ['diagnostics'],
    ['syntax'],
    ['model'],
    ['possibility', 'request'],
    ['evaluator', 'secrets', 'tables'],
    ['checker', 'explain'],
    ['lint'],
    ['check.ts'],
  ],
  runtime: [
    ['contract'],
    ['json'],
    ['module'],
    ['answer'],
    ['direct'],
    ['request'],
    ['instance'],
    ['policy.ts'],
    ['load.ts', 'sessions'],
    ['node'],
  ],
  compiler: [
    ['ir'],
    ['bindings', 'lower', 'plan'],
    ['layout'],
    ['direct'],
    ['emit'],
    ['assemble.ts', 'bounds', 'manifest'],
    ['asc', 'compile.ts'],
  ],
  'compiler/emit': [['data'], ['expressions'], ['readers', 'response', 'rules'], ['sessions']],
  'web/console': [['state'], ['panels'], ['app.tsx'], ['main.tsx']],
  'web/playground': [
    ['worker'],
    ['compiler'],
    ['state'],
    ['editor'],
    ['components'],
    ['panels'],
    ['app.tsx'],
    ['main.tsx'],
  ],
  'editors/language-server': [
    ['index', 'pause.ts', 'protocol.ts', 'settings.ts', 'uris.ts'],
    ['positions.ts'],
    ['analysis.ts'],
    ['findings.ts', 'project.ts', 'runs'],
    ['features'],
    ['context.ts'],
    ['request-file.ts'],
    ['publisher.ts'],
    ['requests'],
    ['server.ts'],
    ['worker.ts'],
    ['browser.ts'],
  ],
  service: [
    ['json'],
    ['support'],
    ['client', 'log', 'store', 'tokens'],
    ['engine'],
    ['mapping'],
    ['pdp'],
    ['access', 'middleware'],
    ['signals'],
    ['cluster'],
    ['http'],
    ['mcp'],
    ['grpc', 'hooks'],
    ['daemon'],
  ],
  'assurance/testing': [
    ['generate'],
    ['runner'],
    ['coverage', 'explore', 'replay'],
    ['mutate', 'verify'],
    ['arbitraries', 'diff', 'validate'],
    ['proofs'],
    ['node'],
  ],
  'assurance/proving': [
    ['automata', 'formula'],
    ['terms'],
    ['lemma-checker'],
    ['certificate'],
    ['lemmas', 'solver', 'symbolic'],
    ['domains'],
    ['facts'],
    ['expressions', 'witness'],
    ['decision', 'values'],
    ['queries.ts', 'smt-lib.ts'],
    ['history'],
    ['prover.ts'],
    ['lemma-prover.ts'],
    ['provers.ts'],
    ['claims'],
    ['trust'],
  ],
  'assurance/reporting': [
    ['frameworks', 'pages', 'source-texts.ts'],
    ['controls', 'coverage', 'diff', 'english', 'explanation', 'timeline'],
    ['doc'],
  ],
  cli: [
    ['hook', 'io', 'scan', 'templates', 'versions'],
    ['cache', 'learn'],
    ['engines'],
    ['output'],
    ['config', 'test-run'],
    ['reports'],
    ['commands'],
    ['program.ts'],
  ],
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The path from the root, if it is a file of this repository. */
  readonly file: string | undefined;
}

function listImports(from: string): readonly Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, from), 'utf8'), true, true);
  return importedFiles.map(({ fileName: specifier }) => ({
    from,
    specifier,
    file: resolve(from, specifier),
  }));
}

function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return exported.get(specifier);
  const path = relative(root, join(root, dirname(from), specifier));
  return /\.tsx?$/.test(path) ? path : `${path}.ts`;
}

function listFiles(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.tsx?$/.test(name) && !/(^|\/)(dist|node_modules)\//.test(name))
    .map((name) => `${folder}/${name}`)
    .sort();
}

function listFloorFiles(floor: string): readonly string[] {
  return listFiles(floor).filter((file) => findFloor(file) === floor);
}

/** The innermost floor that contains the file. */
function findFloor(file: string): string {
  const around = floors.filter((floor) => file.startsWith(`${floor}/`));
  return around.sort((a, b) => b.length - a.length)[0] ?? file;
}

function mayImport(floor: string, { from, specifier, file }: Import): boolean {
  const dependencies = privateParts.get(floor);
  if (file !== undefined && findFloor(file) === floor) return true;
  if (dependencies !== undefined) {
    if (specifier.startsWith('node:')) return usesNode.some((folder) => from.startsWith(folder));
    return dependencies.has(parsePackageName(specifier));
  }
  const names = allowed[floor] ?? [];
  if (file === undefined) {
    return names.includes(specifier.startsWith('node:') ? 'node:*' : specifier);
  }
  return names.includes(findFloor(file)) || names.includes(file.replace(/\.ts$/, ''));
}

/** The name of the package that a specifier begins with; of a path, its first segment. */
function parsePackageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

test.for(floors)('%s imports only what its floor allows', (floor) => {
  const files = listFloorFiles(floor);
  expect(files).not.toEqual([]);
  const refused = files
    .flatMap(listImports)
    .filter((each) => !mayImport(floor, each))
    .map(({ from, specifier }) => `${from} imports ${specifier}`);
  expect(refused).toEqual([]);
});

test.for(Object.entries(parts))(
  'the parts of %s import only what is below them',
  ([floor, levels]) => {
    const levelOf = new Map(levels.flatMap((names, level) => names.map((name) => [name, level])));
    const findPart = (file: string) => file.slice(floor.length + 1).split('/')[0] ?? '';
    const files = listFiles(floor);
    const folders = files.map(findPart).filter((part) => !part.endsWith('.ts'));
    expect(folders.filter((folder) => !levelOf.has(folder))).toEqual([]);
    const refused = files.flatMap(listImports).filter(({ from, file }) => {
      if (file === undefined || !file.startsWith(`${floor}/`)) return false;
      const [own, other] = [findPart(from), findPart(file)];
      return (
        own !== other &&
        (levelOf.get(own) ?? levels.length) <= (levelOf.get(other) ?? levels.length) &&
        levelOf.has(own)
      );
    });
    expect(refused.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  },
);

test('each private part lists the packages that it imports, and no others', () => {
  for (const [folder, dependencies] of privateParts) {
    const imported = listFiles(folder)
      .flatMap(listImports)
      .map(({ specifier }) => parsePackageName(specifier))
      .filter((name) => !/^(?:\.|node:)/.test(name));
    expect([...dependencies].sort(), folder).toEqual([...new Set(imported)].sort());
  }
});

test('every internal import refers to an existing file', () => {
  const missing = floors
    .flatMap(listFloorFiles)
    .flatMap(listImports)
    .filter(({ file }) => file !== undefined && !existsSync(join(root, file)))
    .map(({ from, specifier }) => `${from} imports ${specifier}`);
  expect(missing).toEqual([]);
});

/** Files that give a floor the clock of its host, and a file with texts of AssemblyScript, which no host runs. */
const entries: ReadonlySet<string> = new Set([
  'editors/language-server/browser.ts',
  'compiler/asc/library.generated.ts',
]);

/** The runtime is a host: without a given instant, it reads the clock. */
test.for([
  ['language', /\b(?:console\.|process\.|globalThis\b|Date\.now\(|Math\.random\()/],
  ['compiler', /\b(?:console\.|process\.|globalThis\b|Date\.now\(|Math\.random\()/],
  ['assurance/proving', /\b(?:console\.|process\.|globalThis\b|Date\.now\(|Math\.random\()/],
  ['assurance/reporting', /\b(?:console\.|process\.|globalThis\b|Date\.now\(|Math\.random\()/],
  ['runtime', /\b(?:console\.|process\.|globalThis\b|Math\.random\()/],
  ['editors/language-server', /\b(?:console\.|process\.|Date\.now\(|Math\.random\()/],
] as const)('%s uses neither the process nor the console', ([floor, impure]) => {
  const pure = listFloorFiles(floor).filter((file) => !entries.has(file));
  const found = pure.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => impure.test(line) && !/^\s*(?:\/\/|\*|\/\*)/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

test('folders do not import each other in a cycle', () => {
  const graph = importGraph();
  const circular = [...graph].flatMap(([file, imports]) =>
    imports
      .filter((each) => dirname(each) !== dirname(file) && collectReachable(each, graph).has(file))
      .map((each) => `${file} imports ${each}, which imports it through others`),
  );
  expect(circular).toEqual([]);
});

test('importing the language does not load the library of the formatter', () => {
  const loaded = [...collectReachable('language/index.ts', importGraph())].flatMap(listImports);
  expect(loaded.map(({ specifier }) => specifier)).toContain('chevrotain');
  expect(loaded.filter(({ specifier }) => specifier === 'prettier/doc')).toEqual([]);
});

/** The internal imports of each file. */
function importGraph(): ReadonlyMap<string, readonly string[]> {
  const graph = new Map<string, readonly string[]>();
  for (const file of floors.flatMap(listFloorFiles)) {
    graph.set(
      file,
      listImports(file).flatMap((each) => each.file ?? []),
    );
  }
  return graph;
}

function collectReachable(
  start: string,
  graph: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const file of reached) {
    for (const next of graph.get(file) ?? []) reached.add(next);
  }
  return reached;
}
