// Runs the installed command line with the Node that runs this file, whose version is the argument: commands print no
// error of that Node, and a service decides the requests.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const nhipol = 'node_modules/nhipol/dist/bin/nhipol.js';
if (process.versions.node !== process.argv[2]) throw new Error(`Node ${process.versions.node}`);

const { stderr } = spawnSync(process.execPath, [nhipol, 'check', 'policy.nhipol']);
if (stderr.toString() !== '1 policy: no errors\n') throw new Error(`check printed ${stderr}`);
execFileSync(process.execPath, [
  nhipol,
  'compile',
  'policy.nhipol',
  '--sessions',
  '-o',
  'policy.wasm',
]);

const service = spawn(
  process.execPath,
  [nhipol, 'serve', 'policy.wasm', '--listen', '127.0.0.1:0'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const url = await readUrl(service.stdout);
  for (const body of readFileSync('requests.jsonl', 'utf8').trimEnd().split('\n')) {
    const headers = { 'content-type': 'application/json' };
    const sent = { method: 'POST', headers, body };
    const { context } = await (await fetch(`${url}/access/v1/evaluation`, sent)).json();
    console.log(context.effect, ...context.reasons);
  }
} finally {
  service.kill();
}

async function readUrl(stream) {
  for await (const line of createInterface(stream)) {
    const [url] = /http:\/\/[\d.:]+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('the service ended');
}
