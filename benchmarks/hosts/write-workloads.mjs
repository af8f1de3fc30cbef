// `node benchmarks/hosts/write-workloads.mjs FOLDER`: writes P1 and P3 as files that programs in any language read. The command line of
// nhipol must be built. For each workload, of which those of the kinds of answers have no peers:
//
// NAME.wasm, NAME.nhipol        the compiled policy, and its source
// NAME.jsonl, NAME.effects      requests and their expected effects, one per line
// NAME.cedar                    the policy in Cedar; principal, action, resource and context as in engines/peers/cedar.mjs
// NAME.rego, NAME.data.json     the policy in Rego, queried by `data.bench.allow`, and its data
// NAME.cel                      the policy in CEL; for P3 a line for each rule, after its action and resource type, separated by tabs
// NAME.rules.json               P3's rules as data

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { writePolicy } from '../engines/peers/cedar.mjs';
import { writeCel } from '../engines/peers/cel.mjs';
import { indexRules } from '../engines/peers/opa.mjs';
import { caseName, createWorkload } from '../workloads/workload.mjs';

/** @typedef {import('../workloads/workload.mjs').Case} Case */
/** @typedef {import('../workloads/workload.mjs').Workload} Workload */

const commandLine = fileURLToPath(new URL('../../dist/bin/nhipol.js', import.meta.url));
const rego = readFileSync(new URL('../opa/policy.rego', import.meta.url), 'utf8');

/** @type {readonly Case[]} */
export const cases = [
  { name: 'p1', kind: null, n: null },
  ...[10, 100, 1000].map((n) => /** @type {const} */ ({ name: 'p3', kind: 'action', n })),
];

/** @param {string} folder @param {readonly Case[]} [wanted] */
export function writeWorkloads(folder, wanted = cases) {
  mkdirSync(folder, { recursive: true });
  for (const one of wanted) writeWorkload(folder, createWorkload(one));
}

/** @param {string} folder @param {Workload} workload */
function writeWorkload(folder, workload) {
  const { name } = workload.case;
  const path = (/** @type {string} */ ending) =>
    join(folder, `${caseName(workload.case)}.${ending}`);
  const [policy = ''] = workload.policy.values();
  writeFileSync(path('nhipol'), policy);
  writeFileSync(path('jsonl'), lines(workload.texts));
  writeFileSync(path('effects'), lines(workload.expected));
  if (name !== 'answers') writePeers(path, workload);
  const compile = ['compile', path('nhipol'), '-o', path('wasm'), '--no-validate'];
  execFileSync(process.execPath, [commandLine, ...compile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Writes the policy in the languages of the peers. @param {(ending: string) => string} path @param {Workload} workload */
function writePeers(path, workload) {
  const { name, kind } = workload.case;
  const { rules } = workload;
  writeFileSync(path('cedar'), writePolicy(workload));
  const entry = kind === null ? name : `${name}_${kind}`;
  writeFileSync(path('rego'), `${rego}\ndefault allow := false\n\nallow if ${entry}\n`);
  writeFileSync(path('data.json'), JSON.stringify({ rules: indexRules(rules) }));
  const keys = rules.map(({ action, type }) => `${action}\t${type}\t`);
  writeFileSync(path('cel'), lines(writeCel(workload).map((text, at) => (keys[at] ?? '') + text)));
  writeFileSync(path('rules.json'), JSON.stringify(rules));
}

/** @param {readonly string[]} texts */
function lines(texts) {
  return texts.map((text) => `${text}\n`).join('');
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const [, , folder] = argv;
  if (folder === undefined) {
    console.error('usage: node benchmarks/hosts/write-workloads.mjs FOLDER');
    exit(2);
  }
  writeWorkloads(folder);
}
