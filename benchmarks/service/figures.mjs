// The figures of a server's process, and a table of those of several turns.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** Ticks of the kernel's clock in a second. */
const ticks = 100;

/** Processor time of a process in microseconds, and its memory in MiB. */
export function usage({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const [user, system] = [fields[11], fields[12]].map(Number);
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { time: ((user + system) * 1_000_000) / ticks, memory: Number(memory) / 1_024 };
}

function quartiles(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((part) => sorted[Math.round((sorted.length - 1) * part)]);
}

/**
 * Prints a table in Markdown with the median and the quartiles of each server's turns, and writes it to `results.md` in a
 * folder. `results`: the turns by the name of the server; `columns`: the title of each column, the member of a turn, and the
 * digits after the point; `load`: what the servers were asked.
 */
export function writeFigures(folder, results, columns, load) {
  const formatQuartiles = (rows, member, digits) => {
    const [low, middle, high] = quartiles(rows.map((row) => row[member]));
    const number = (value) => value.toLocaleString('en', { maximumFractionDigits: digits });
    return `${number(middle)} (${number(low)}–${number(high)})`;
  };
  const lines = [
    `| server | ${columns.map(([title]) => title).join(' | ')} |`,
    `|---|${columns.map(() => '---').join('|')}|`,
    ...[...results].map(([name, rows]) => {
      const cells = columns.map(([, member, digits]) => formatQuartiles(rows, member, digits));
      return `| ${name} | ${cells.join(' | ')} |`;
    }),
  ];
  const machine = `Node.js ${process.versions.node}, ${cpus()[0].model}`;
  const text = `${lines.join('\n')}\n\n${load}; median and quartiles; ${machine}\n`;
  process.stdout.write(text);
  writeFileSync(join(folder, 'results.md'), text);
}
