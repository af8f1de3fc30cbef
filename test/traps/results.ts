// The diagnostics that are reported about each trap, and the page that lists it.

import { checkText } from '../support/checking.ts';
import { groups } from './index.ts';
import { type Trap, trapPolicy } from './trap.ts';

export interface TrapResult {
  readonly id: string;
  readonly group: string;
  readonly trap: Trap;
  /** The codes of the warnings and the advice about the trap, each once. */
  readonly codes: readonly string[];
}

/** Checks all traps. */
export function trapResults(): readonly TrapResult[] {
  return Object.entries(groups).flatMap(([group, traps]) =>
    Object.entries(traps).map(([id, trap]) => {
      const { diagnostics, advice } = checkText(trapPolicy(trap, false));
      const codes = [...new Set([...diagnostics, ...advice].map(({ code }) => code))];
      return { id, group, trap, codes: codes.sort() };
    }),
  );
}

const cell = (text: string) => text.replaceAll('|', '\\|');

const link = (code: string) => `[\`${code}\`](../../docs/errors/${code}.md)`;

/** The page `README.md` of this folder. */
export function trapsPage(results: readonly TrapResult[]): string {
  const silent = results.filter(({ codes }) => codes.length === 0);
  const share = ((100 * silent.length) / results.length).toFixed(1);
  const sections = Object.keys(groups).map((group) => {
    const rows = results
      .filter((result) => result.group === group)
      .map(({ id, trap, codes }) => {
        const reported = codes.length === 0 ? 'nothing' : codes.map(link).join(', ');
        return `| \`${id}\` | ${cell(trap.meant)} | ${trap.got} | ${trap.wanted} | ${reported} |`;
      });
    const head = '| trap | meant | answer | meant answer | reported |\n|---|---|---|---|---|';
    return `## ${group}\n\n${head}\n${rows.join('\n')}`;
  });
  const undecidable = silent.flatMap(({ id, trap }) =>
    trap.silent === undefined ? [] : [`| \`${id}\` | ${cell(trap.silent)} |`],
  );
  const undetected = silent.flatMap(({ id, trap }) =>
    trap.undetected === undefined ? [] : [`| \`${id}\` | ${cell(trap.undetected)} |`],
  );
  return `${[
    '# Traps',
    `These ${results.length} small policies are valid and do not do what their author meant. Each has a request that
shows it, and a second version that does what was meant; the evaluator decides both. A trap is *silent* if
\`nhipol check --advise\` reports nothing about it: ${silent.length} are, ${share} %. None of the second versions gets a
warning or advice. The traps were written before the warnings and the advice about them, and many of the other warnings
are older, so the share says how much of a known list is noticed, not how much of what people will write.`,
    'Written by `npm run generate:traps`.',
    ...sections,
    `## Silent traps\n\n| trap | why the policy alone does not show it |\n|---|---|\n${undecidable.join('\n')}`,
    ...(undetected.length === 0
      ? []
      : [
          `Others could be decided from the policy alone:\n\n| trap | what is not looked for |\n|---|---|\n${undetected.join('\n')}`,
        ]),
  ].join('\n\n')}\n`;
}
