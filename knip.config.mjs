// The files that programs and packages begin with, for `npm run unused`: an export that none of them reaches is unused.
// Everything that a published package exports is used; the doors of other parts export only what another part imports.

const root = import.meta.dirname;
const inside = { project: ['**/*.{ts,tsx}', '!dist/**'], includeEntryExports: true };
const published = { project: ['**/*.ts', '!dist/**'] };

export default {
  include: ['exports', 'types', 'files'],
  // These files are what the package `nhipol` exports of the parts; what only they import is marked with `@public`.
  ignoreIssues: { '**/public.ts': ['exports', 'types'] },
  // Scripts load what was built, which stands for its sources, and sources by the bundler of the tests.
  compilers: {
    mjs: (text) =>
      text
        .replace(/((?:\.\.\/)+)dist\/([\w./-]+)\.js/g, '$1$2.ts')
        .replace(/\b(?:load|server\.ssrLoadModule)\(\s*'\//g, `import('${root}/`),
  },
  workspaces: {
    '.': {
      entry: [
        'editors/vscode/client/main-*.ts',
        'editors/vscode/server/*.ts',
        'examples/**/*.ts',
        'scripts/planted/vitest.config.ts',
        'scripts/{*,build/*,generate/*,install/*,search/*,*/main}.mjs',
        'scripts/packages/projects/**/*.{mjs,ts}',
        'benchmarks/**/*.mjs',
        'hosts/{browser,edge}/**/*.{mjs,js,ts}',
        'test/**/*.test.ts',
        'test/**/*.mjs',
        'test/proving/planted/directions.ts',
        'test/support/{seed,cache/shrink,processor-time/measure,threads/*}.ts',
      ],
      project: ['{editors/vscode,examples,scripts,test}/**/*.{ts,tsx,mjs}'],
    },
    language: { ...inside, entry: ['public.ts'] },
    compiler: { ...inside, entry: ['public.ts'] },
    'assurance/testing': { ...inside, entry: ['{,coverage/,mutate/,node/}public.ts'] },
    'assurance/proving': { ...inside, entry: ['public.ts'] },
    'assurance/reporting': { ...inside, entry: ['public.ts'] },
    'editors/language-server': { ...inside, entry: ['browser.ts'] },
    cli: { ...inside, entry: ['start.ts', 'hook/main.ts'] },
    'web/components': inside,
    'web/console': { ...inside, entry: ['main.tsx'] },
    'web/playground': { ...inside, entry: ['main.tsx', '{compiler/worker,worker/main}.ts'] },
    runtime: published,
    service: published,
    'hosts/mcp': published,
  },
};
