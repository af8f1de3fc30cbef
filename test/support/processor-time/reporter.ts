// Prints the ten test files that took the most processor time, and names those that took more than their limit: 30
// seconds, or the one in long-files.json. Such a run does not fail, because a busy machine takes up to twice as much time for
// the same work. Full runs have no limit. NHIPOL_FILE_TIMES names a
// file to which the times of all files are written as CSV: processor time, time with all waiting, path.

import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { isFull } from '../budget.ts';
import { findTooLong, formatTimes, type MeasuredFile } from './limits.ts';
import type { MeasuredMeta } from './measured-meta.ts';

export default class ProcessorTimeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.flatMap(measureModule);
    const { user, system } = process.cpuUsage();
    console.log(formatTimes(files, (user + system) / 1e6));
    const csv = process.env.NHIPOL_FILE_TIMES;
    if (csv !== undefined) writeFileSync(csv, files.map(formatRow).join(''));
    const problems = isFull ? [] : findTooLong(files);
    for (const problem of problems) console.error(problem);
  }
}

function measureModule(module: TestModule): readonly MeasuredFile[] {
  const { processorSeconds } = module.meta() as MeasuredMeta;
  if (processorSeconds === undefined) return [];
  const { duration, collectDuration, setupDuration } = module.diagnostic();
  const seconds = (duration + collectDuration + setupDuration) / 1000;
  return [{ path: relative(process.cwd(), module.moduleId), processorSeconds, seconds }];
}

function formatRow({ path, processorSeconds, seconds }: MeasuredFile): string {
  return `${processorSeconds.toFixed(2)},${seconds.toFixed(2)},${path}\n`;
}
