// Compares verdicts about claims with those of cvc5 about a second encoding of the policies, and the encoding with the
// evaluator, on requests: all examples, generated policies, and claims that are known to be false. Progress goes to
// standard error; test/proving/second-encoding.md gets the result, and the exit code is 1 after a disagreement.
//
// `--policies 100 --requests 10 --seed 1`; `--timeout 20000` for each question to cvc5, in milliseconds; `--only NAME` compares
// the examples whose paths contain NAME, and writes nothing.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installWheels } from '../install/wheels.mjs';
import { openSources } from './load-sources.mjs';

const { values } = parseArgs({
  options: {
    policies: { type: 'string', default: '100' },
    requests: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    timeout: { type: 'string', default: '20000' },
    only: { type: 'string', default: '' },
  },
});
const { only } = values;
const [requests, seed, timeout] = [values.requests, values.seed, values.timeout].map(Number);
const policies = only === '' ? Number(values.policies) : 0;

installWheels('test/proving/second-encoding/');

const server = await openSources();
const { compareAll, page } = await server.ssrLoadModule('/test/proving/second-encoding/night.ts');
const { Cvc5 } = await server.ssrLoadModule('/test/proving/second-encoding/cvc5.ts');

const solver = new Cvc5();
const report = (line) => console.error(line);
const results = await compareAll(solver, { seed, policies, requests, timeout, only, report });
solver.close();
await server.close();

const how = `Written by \`npm run second-encoding\` with \`--policies ${policies} --requests ${requests} --seed ${seed} --timeout ${timeout}\`.`;
if (only === '') {
  writeFileSync(
    new URL('../../test/proving/second-encoding.md', import.meta.url),
    page(results, how),
  );
}
const found = Object.values(results).flatMap(({ disagreements }) => disagreements);
for (const each of found) console.log(each);
console.log(`${found.length} disagreements`);
process.exitCode = found.length > 0 ? 1 : 0;
