// `node --test hosts/edge`: the programs in docs/hosts.md, each as it is written there, in an empty project with the
// published package and a compiled policy. Needs a build.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findBinary } from './binaries.mjs';
import { bundleProject } from './bundle.mjs';
import { inProject, root } from './project.mjs';
import { withServer } from './server.mjs';

const sources = join(root, 'scripts/packages/policy');
const lines = (/** @type {string} */ name) =>
  readFileSync(join(sources, name), 'utf8').trimEnd().split('\n');
const page = readFileSync(join(root, 'docs/hosts.md'), 'utf8');

/** The code in a language below a heading of the page. @param {string} heading @param {string} language */
function readExample(heading, language) {
  const [, section = ''] = page.split(`\n### ${heading}\n`);
  const [, code] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(section) ?? [];
  assert.ok(code !== undefined, `${heading} has no code in ${language}`);
  return code;
}

/** @param {string} project */
function compilePolicy(project) {
  copyFileSync(join(sources, 'policy.nhipol'), join(project, 'policy.nhipol'));
  const words = [join(root, 'dist/bin/nhipol.js'), 'compile', 'policy.nhipol', '-o', 'policy.wasm'];
  execFileSync(process.execPath, words, { cwd: project, stdio: 'ignore' });
}

/** Sends all requests, and expects the answers. @param {string} url */
async function expectAnswers(url) {
  const answers = [];
  for (const body of lines('requests.jsonl')) {
    const response = await fetch(url, { method: 'POST', body });
    assert.equal(response.headers.get('content-type'), 'application/json');
    const { context } = await response.json();
    answers.push([context.effect, ...context.reasons].join(' '));
  }
  assert.deepEqual(answers, lines('answers.txt'));
}

test('the server for Deno', () =>
  inProject(async (project) => {
    compilePolicy(project);
    writeFileSync(join(project, 'server.js'), readExample('Deno', 'js'));
    const serve = (/** @type {number} */ port) => [
      findBinary('deno'),
      'serve',
      '--port',
      String(port),
      '--allow-read=policy.wasm',
      'server.js',
    ];
    await withServer(project, serve, expectAnswers);
  }));

test('the server for Bun', () =>
  inProject(async (project) => {
    compilePolicy(project);
    writeFileSync(join(project, 'server.js'), readExample('Bun', 'js'));
    const serve = (/** @type {number} */ port) => [
      'env',
      `PORT=${port}`,
      findBinary('bun'),
      'server.js',
    ];
    await withServer(project, serve, expectAnswers);
  }));

test('the worker for workerd, with its configuration', () =>
  inProject(async (project) => {
    const heading = 'Cloudflare Workers and workerd';
    compilePolicy(project);
    const input = join(project, 'server.js');
    writeFileSync(input, readExample(heading, 'js'));
    await bundleProject({ input, project, output: 'worker.js', isWhole: true });
    writeFileSync(join(project, 'config.capnp'), readExample(heading, 'capnp'));
    const serve = (/** @type {number} */ port) => [
      findBinary('workerd'),
      'serve',
      'config.capnp',
      '--socket-addr',
      `http=127.0.0.1:${port}`,
    ];
    await withServer(project, serve, expectAnswers);
  }));
