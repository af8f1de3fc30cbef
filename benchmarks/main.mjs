// `npm run bench`: compiles and measures each case in separate processes, prints its table, and writes
// figures and charts on request. README.md describes the results. Exit codes: 0 everything was measured,
// 1 an engine disagrees, 2 usage.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlan, UsageError } from './arguments.mjs';
import { benchmark } from './benchmark.mjs';
import { writeCharts } from './charts/charts.mjs';
import { asJson } from './results.mjs';
import { formatTitle, table } from './table.mjs';

process.exitCode = await main(process.argv.slice(2));

/** @param {readonly string[]} words */
async function main(words) {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-bench-'));
  try {
    const plan = readPlan(words);
    const results = [];
    for await (const { result, disagreement, case: one } of benchmark(plan, folder)) {
      if (disagreement !== undefined) {
        const { engine, index, expected, found, request } = disagreement;
        console.error(
          `${formatTitle(one)}: ${engine} decides request ${index} as ${found}, not ${expected}:\n${request}`,
        );
        return 1;
      }
      results.push(result);
      console.log(table(result));
    }
    if (plan.json !== undefined) {
      writeFileSync(plan.json, `${JSON.stringify(asJson(results), undefined, 2)}\n`);
    }
    if (plan.chart) for (const path of writeCharts(results)) console.log(path);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
