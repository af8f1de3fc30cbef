// The hosts, each with its toolchains and the commands to build, check and run it.

/** @typedef {import('./host.mjs').Host} Host */

const cargo = { command: 'cargo', from: 'version 1.95 or later from https://rustup.rs' };
const rustOptions = ['--quiet', '--locked', '--features', 'wasmi'];
const buildRust = ['cargo', 'build', ...rustOptions, '--example', 'nhipol-host'];
const wasmiOptions = ['--engine', 'wasmi'];
const shell = (/** @type {string} */ line) => ['sh', '-ec', line];
/** The server for Envoy, a module of its own on top of the Go host. */
const inEnvoy = (/** @type {string} */ line) => shell(`cd envoy && ${line}`);
/** The package that guards the tools of agents, on top of the Python host. */
const inAgents = (/** @type {string} */ line) => shell(`cd ../python-agents && ${line}`);

/** @type {readonly Host[]} */
export const hosts = [
  {
    id: 'go',
    title: 'Go, wazero',
    folder: 'hosts/go',
    needs: [{ command: 'go', from: 'version 1.26 or later from https://go.dev/dl' }],
    build: [['go', 'build', '-o', 'nhipol-host', './cmd/nhipol-host']],
    look: [
      shell('test -z "$(gofmt -l .)"'),
      ['go', 'vet', './...'],
      ['go', 'tool', '-modfile=tools/go.mod', 'staticcheck', './...'],
      ['go', 'test', './...'],
      inEnvoy('test -z "$(gofmt -l .)" && go vet ./... && go mod tidy -diff'),
      inEnvoy('go tool -modfile=../tools/go.mod staticcheck ./...'),
      inEnvoy('go test ./...'),
    ],
    tool: ['./nhipol-host'],
  },
  {
    id: 'rust',
    title: 'Rust, wasmtime',
    folder: 'hosts/rust',
    needs: [cargo],
    build: [[...buildRust, '--release']],
    unmeasured: { build: [buildRust], tool: ['target/debug/examples/nhipol-host'] },
    look: [
      ['cargo', 'fmt', '--check'],
      ['cargo', 'clippy', ...rustOptions, '--all-targets', '--', '-D', 'warnings'],
      // The tool also runs all cases, which takes a minute without optimization.
      ['cargo', 'test', ...rustOptions, '--', '--skip', 'all_cases_pass'],
    ],
    tool: ['target/release/examples/nhipol-host'],
  },
  {
    id: 'wasmi',
    title: 'Rust, wasmi',
    folder: 'hosts/rust',
    needs: [cargo],
    build: [[...buildRust, '--release']],
    unmeasured: {
      build: [buildRust],
      tool: ['target/debug/examples/nhipol-host', ...wasmiOptions],
    },
    look: [],
    tool: ['target/release/examples/nhipol-host', ...wasmiOptions],
  },
  {
    id: 'python',
    title: 'Python, wasmtime',
    folder: 'hosts/python',
    needs: [{ command: 'python3', debian: 'python3-venv' }],
    build: [
      ['python3', '-m', 'venv', '.venv'],
      [
        '.venv/bin/pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '-r',
        'requirements-dev.txt',
        '-e',
        '.',
      ],
    ],
    look: [
      ['.venv/bin/ruff', 'format', '--check', '.'],
      ['.venv/bin/ruff', 'check', '.'],
      ['.venv/bin/mypy'],
      ['.venv/bin/pytest', '--quiet'],
      ['.venv/bin/python', '-m', 'build', '--no-isolation'],
      inAgents('python3 -m venv .venv'),
      inAgents(
        '.venv/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -e ../python -e .',
      ),
      inAgents('.venv/bin/ruff format --check . && .venv/bin/ruff check . && .venv/bin/mypy'),
      inAgents('.venv/bin/pytest --quiet'),
    ],
    tool: ['.venv/bin/python', 'tools/nhipol_host.py'],
  },
  {
    id: 'java',
    title: 'Java, Endive',
    folder: 'hosts/java',
    needs: [
      { command: 'java', debian: 'openjdk-17-jdk-headless' },
      { command: 'mvn', debian: 'maven' },
    ],
    build: [['mvn', '--quiet', '--batch-mode', 'package', '-DskipTests']],
    look: [['mvn', '--quiet', '--batch-mode', 'verify']],
    tool: [
      'java',
      '-cp',
      'target/classes:target/test-classes:target/lib/*',
      'dev.nhipol.tools.HostTool',
    ],
  },
  {
    id: 'c',
    title: 'C, wasm2c',
    folder: 'hosts/c',
    needs: [
      { command: 'cc', debian: 'gcc' },
      { command: 'cmake', debian: 'cmake' },
      { command: 'wasm2c', debian: 'wabt' },
    ],
    build: [
      ['cmake', '-S', '.', '-B', 'build'],
      ['cmake', '--build', 'build', '-j', '2'],
    ],
    look: [['ctest', '--test-dir', 'build', '--output-on-failure']],
    tool: ['build/tool/nhipol-tool'],
  },
  {
    id: 'ruby',
    title: 'Ruby, shared library',
    folder: 'hosts/ruby',
    needs: [
      { command: 'ruby', debian: 'ruby' },
      { command: 'cc', debian: 'gcc' },
      { command: 'wasm2c', debian: 'wabt' },
    ],
    build: [],
    look: [
      shell('ruby -w -Ilib -Itest -e \'Dir["./test/*_test.rb"].each { |file| require file }\''),
      ['gem', 'build', '--quiet', '--output', 'tmp/nhipol.gem', 'nhipol.gemspec'],
    ],
    tool: ['ruby', 'tool/nhipol_host.rb'],
  },
  {
    id: 'browser',
    title: 'JavaScript, Chromium',
    folder: 'hosts/browser',
    needs: [{ command: 'chromium', debian: 'chromium' }],
    build: [['npm', 'ci', '--no-audit', '--no-fund', '--silent']],
    look: [['node', '--test']],
    tool: ['node', 'main.mjs'],
  },
  // The tests are those of all three.
  { ...edge('deno', 'Deno'), look: [['node', '--test']] },
  edge('bun', 'Bun'),
  edge('workerd', 'workerd'),
];

/** A runtime of JavaScript in which the published package runs. @param {string} id @param {string} name @returns {Host} */
function edge(id, name) {
  return {
    id,
    title: `JavaScript, ${name}`,
    folder: 'hosts/edge',
    needs: [],
    // Unlike `npm ci`, this does nothing for the second runtime.
    build: [['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']],
    isOnlyChecked: true,
    look: [],
    tool: ['node', 'main.mjs', id],
  };
}
