// examples/property-testing as its readers run it, with vitest, jest and the runner of Node, on the package
// that `npm run build` builds. True properties pass, and a false one is reported.

import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindings } from '@nhipol/compiler';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describePolicy } from '../../compiler/manifest/describe-policy.ts';
import { makeManifest } from '../../compiler/manifest/manifest.ts';
import { lower } from '../../compiler/public.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { chooseRows } from '../support/budget.ts';
import { linkPolicy } from '../support/policies/linked.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const example = 'examples/property-testing';
const { resolve } = createRequire(import.meta.url);

let project = '';
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'nhipol-property-testing-'));
  const write = (name: string, text: string) => writeFileSync(join(project, name), text);
  // The policies are one project, as in the repository.
  write('nhipol.toml', '');
  write('package.json', JSON.stringify({ type: 'module', jest: { transform: {} } }));
  for (const each of [example, 'examples/support-agent', 'examples/vocabulary.nhipol']) {
    cpSync(join(root, each), join(project, each), { recursive: true });
  }
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/nhipol'));
  for (const name of ['fast-check', 'vitest', '@jest']) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  const runners = { node: 'node:test', jest: '@jest/globals', vitest: 'vitest' };
  for (const [runner, from] of Object.entries(runners)) {
    write(`${example}/wrong-${runner}.test.js`, `import { test } from '${from}';\n${wrong}`);
  }
});
afterAll(() => rmSync(project, { recursive: true }));

const wrong = `import { forAllRequests } from 'nhipol/testing';
import { readPolicy } from 'nhipol/testing/node';
const policy = await readPolicy(new URL('../support-agent/policy.nhipol', import.meta.url));
test('nobody is narrowed', () => {
  forAllRequests(policy, (request, ask) => ask(request).effect !== 'narrow');
});
`;

interface Ended {
  readonly code: number;
  readonly output: string;
}

function run(args: readonly string[], options: readonly string[] = []): Promise<Ended> {
  const { VITEST: _, NODE_ENV: __, NODE_TEST_CONTEXT: ___, ...env } = process.env;
  const cwd = join(project, example);
  const NODE_OPTIONS = options.join(' ');
  return new Promise((end) => {
    execFile(
      process.execPath,
      args,
      { cwd, env: { ...env, NO_COLOR: '1', NODE_OPTIONS } },
      (error, out, err) => {
        end({ code: typeof error?.code === 'number' ? error.code : 0, output: `${out}${err}` });
      },
    );
  });
}

const patience = '--testTimeout=300000';
const vitest = join(dirname(resolve('vitest/package.json')), 'vitest.mjs');
const jest = join(dirname(resolve('jest/package.json')), 'bin/jest.js');

const runners = [
  {
    runner: 'node',
    args: ['--test', 'node.test.js', 'wrong-node.test.js'],
    options: [],
    counted: [/^# pass 2$/m, /^# fail 1$/m],
  },
  {
    runner: 'jest',
    args: [jest, '--rootDir', '.', patience, 'jest.test.js', 'wrong-jest.test.js'],
    options: ['--experimental-vm-modules'],
    counted: [/^Tests: +1 failed, 2 passed, 3 total$/m],
  },
  {
    runner: 'vitest',
    args: [vitest, 'run', '--root', '.', patience, 'vitest.test.ts', 'wrong-vitest.test.js'],
    options: [],
    counted: [/^ +Tests +1 failed \| 4 passed \(5\)$/m],
  },
];

test.each(chooseRows(runners, 1))(
  'reports the false property with $runner',
  { timeout: 600_000 },
  async ({ args, options, counted }) => {
    const { code, output } = await run(args, options);
    for (const each of counted) expect(output).toMatch(each);
    expect(code).toBe(1);
    expect(output).toContain('the property is false for this request:');
    expect(output).toMatch(/narrow because risk_(medium|unknown)/);
    expect(output).toMatch(
      /Run it again: forAllRequests\(policy, property, { seed: 1, samples: \d+ }\)/,
    );
  },
);

test('the types that the example imports match the policy', () => {
  const { policy = expect.fail('no policy') } = loadPolicy('examples/support-agent/policy.nhipol');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const ir = lower(policy);
  const manifest = makeManifest(policy, ir, { compiler: version, sources: 'hash' });
  const description = describePolicy(policy, ir);
  const { encodings } = linkPolicy(policy, ir, description);
  const [encoding = expect.fail('no encoding')] = encodings;
  expect(readFileSync(join(root, example, 'support-agent.d.ts'), 'utf8')).toBe(
    bindings(manifest, description, encoding).declarations,
  );
});
