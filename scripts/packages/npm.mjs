// The npm packages: `nhipol` with the command line and the compiler, `@nhipol/runtime`, the JavaScript host,
// `@nhipol/service`, which enforces decisions, and `@nhipol/mcp`, which guards MCP servers.

import { join } from 'node:path';

const metadata = [
  '"license": "Apache-2.0"',
  '"author": "nhipol maintainers"',
  '"engines"',
  '"keywords"',
  '"homepage"',
  '"repository"',
  '"bugs"',
];

/** Next to the one that runs these checks, Node 20. */
const otherNodes = ['22.23.3', '24.21.0'];

/** The commands that pack them in a copy of the repository. @param {string} root @param {string} out */
function packNpm(root, out) {
  const pack = ['npm', 'pack', '--silent', '--pack-destination', out];
  return [
    ['cp', '-r', join(root, 'dist'), 'dist'],
    ['cp', '-r', join(root, 'runtime/dist'), 'runtime/dist'],
    ['cp', '-r', join(root, 'service/dist'), 'service/dist'],
    ['cp', '-r', join(root, 'hosts/mcp/dist'), 'hosts/mcp/dist'],
    // The notices are made from the packages that are bundled.
    ['ln', '-s', join(root, 'node_modules'), 'node_modules'],
    // The build, which the copied files are the result of.
    ['npm', 'pkg', 'delete', 'scripts.prepare'],
    pack,
    [...pack, '--workspace', 'runtime'],
    [...pack, '--workspace', 'service'],
    [...pack, '--workspace', 'hosts/mcp'],
  ];
}

/** @type {import('./ecosystem.mjs').Ecosystem} */
export const npm = {
  id: 'npm',
  title: 'npm: nhipol, @nhipol/runtime, @nhipol/service and @nhipol/mcp',
  needs: [],
  plan: ({ root, out, version }) => {
    const [tools, runtime, service, mcp] = ['', '-runtime', '-service', '-mcp'].map(
      (name) => `nhipol${name}-${version}.tgz`,
    );
    // The registry has none of them yet. They are installed only if nhipol depends on them.
    const overrides = {
      '@nhipol/runtime': `file:${join(out, runtime)}`,
      '@nhipol/service': `file:${join(out, service)}`,
    };
    const install = ['npm', 'install', '--no-audit', '--no-fund', '--silent'];
    const manifest = { private: true, type: 'module' };
    const tsc = [process.execPath, join(root, 'node_modules/typescript/bin/tsc')];
    return {
      folder: '.',
      build: packNpm(root, out),
      inspections: [
        {
          title: 'the files of nhipol',
          command: ['tar', 'tzf', tools],
          contains: [
            'package/LICENSE',
            'package/README.md',
            'package/THIRD-PARTY-NOTICES.md',
            'package/dist/bin/nhipol.js',
            'package/docs/language.md',
            'package/docs/language/rules.md',
            'package/dist/console/main.js',
          ],
          excludes: [
            'package/test/',
            'package/scripts/',
            'package/runtime/',
            'package/service/',
            '.tsbuildinfo',
          ],
        },
        {
          title: 'the files of @nhipol/runtime',
          command: ['tar', 'tzf', runtime],
          contains: [
            'package/LICENSE',
            'package/README.md',
            'package/ABI.md',
            'package/dist/load.js',
          ],
          excludes: ['.tsbuildinfo', 'package/load.ts'],
        },
        {
          title: 'the files of @nhipol/service',
          command: ['tar', 'tzf', service],
          contains: [
            'package/LICENSE',
            'package/README.md',
            'package/dist/index.js',
            'package/dist/client/index.js',
            'package/dist/middleware/index.js',
          ],
          excludes: ['.tsbuildinfo', 'package/index.ts'],
        },
        {
          title: 'the files of @nhipol/mcp',
          command: ['tar', 'tzf', mcp],
          contains: ['package/LICENSE', 'package/README.md', 'package/dist/index.js'],
          excludes: ['.tsbuildinfo', 'package/index.ts'],
        },
        {
          title: 'the sources in source maps',
          command: ['tar', 'xzOf', runtime, 'package/dist/load.js.map'],
          contains: ['"sourcesContent":['],
        },
        ...[tools, runtime, service, mcp].map((archive) => ({
          title: `the metadata of ${archive}`,
          command: ['tar', 'xzOf', archive, 'package/package.json'],
          contains: metadata,
          excludes: ['"nhipol-source"'],
        })),
      ],
      projects: [
        {
          title: 'a project with @nhipol/runtime',
          from: 'npm',
          files: { 'package.json': JSON.stringify(manifest) },
          install: [[...install, join(out, runtime)]],
          run: ['node', 'decide.mjs'],
        },
        {
          title: 'a project with @nhipol/mcp, which opens no policy without sessions',
          from: 'npm',
          files: { 'package.json': JSON.stringify({ ...manifest, overrides }) },
          install: [[...install, join(out, mcp)]],
          run: ['node', 'guard.mjs'],
        },
        {
          title: 'a project with nhipol, which compiles the policy and its own TypeScript',
          from: 'npm',
          files: { 'package.json': JSON.stringify({ ...manifest, overrides }) },
          install: [
            [...install, join(out, tools)],
            ['npx', '--no', 'nhipol', 'compile', 'policy.nhipol', '-o', 'policy.wasm'],
            [
              ...tsc,
              '--noEmit',
              '--strict',
              '--module',
              'nodenext',
              '--target',
              'es2023',
              'types.ts',
            ],
          ],
          run: ['node', 'decide.mjs'],
        },
        ...otherNodes.map((node) => ({
          title: `a project with nhipol, which compiles and serves the policy on Node ${node}`,
          from: 'npm',
          files: { 'package.json': JSON.stringify({ ...manifest, overrides }) },
          install: [[...install, join(out, tools), `node@${node}`]],
          run: ['npx', '--no', '--', 'node', 'commands.mjs', node],
        })),
      ],
    };
  },
};
