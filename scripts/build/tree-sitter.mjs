// `npm run build:tree-sitter`: generates the parser of the tree-sitter grammar and compiles it to WebAssembly. Both are
// committed, with the checksums of what they were made from. Needs the tree-sitter command line (`cargo install
// tree-sitter-cli --version 0.26.3 --locked`), and clang and wasm-ld: of LLVM 16, or those that CLANG and WASM_LD name.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../editors/tree-sitter/', import.meta.url));
const module = 'tree-sitter-nhipol.wasm';
const { CLANG: clang = 'clang-16', WASM_LD: linker = 'wasm-ld-16' } = process.env;
const run = (command, options) => execFileSync(command, options, { cwd: folder, stdio: 'inherit' });

await import('../generate/tree-sitter.mjs');
run('tree-sitter', ['generate']);
compile();
const rules = readdirSync(join(folder, 'rules')).map((name) => `rules/${name}`);
const files = ['grammar.js', ...rules, 'tokens.generated.js', 'src/parser.c', module];
const computeSum = (file) =>
  createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('hex');
const sums = Object.fromEntries(files.map((file) => [file, computeSum(file)]));
writeFileSync(join(folder, 'checksums.json'), `${JSON.stringify(sums, undefined, 2)}\n`);

/** As a library that web-tree-sitter loads, with position-independent code as Emscripten makes it. */
function compile() {
  const temporary = mkdtempSync(join(tmpdir(), 'nhipol-tree-sitter-'));
  const object = join(temporary, 'parser.o');
  const code = ['--target=wasm32-unknown-emscripten', '-fPIC', '-Os', '-fvisibility=hidden'];
  const headers = ['-D__wasi__', '-I/usr/include/wasm32-wasi', '-Isrc'];
  run(clang, [...code, ...headers, '-c', 'src/parser.c', '-o', object]);
  const library = ['-shared', '--experimental-pic', '--allow-undefined', '--no-entry'];
  const exports = ['--export=tree_sitter_nhipol', '--strip-all'];
  run(linker, [...library, ...exports, object, '-o', module]);
  chmodSync(join(folder, module), 0o644);
  rmSync(temporary, { recursive: true });
}
