// The verbs that docs/hosts.md lists: each host has them as public functions, in the case of its language.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/hosts.md', root), 'utf8');

/** The verbs of a row of the table. */
function verbs(row: string): readonly string[] {
  const cells = new RegExp(`^\\| ${row} \\| (.+) \\|$`, 'm').exec(page)?.[1] ?? '';
  return [...cells.matchAll(/`(\w+)`/g)].map(([, verb = '']) => verb);
}

const all = {
  policy: [...verbs('policy'), ...verbs('tables')],
  sessions: verbs('sessions'),
};

function sources(folder: string, ending: string): string {
  return readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(ending) && !name.includes('_test.'))
    .map((name) => readFileSync(new URL(`${folder}${name}`, root), 'utf8'))
    .join('\n');
}

const camel = (verb: string): string =>
  verb.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const pascal = (verb: string): string => camel(`_${verb}`).replace('Json', 'JSON');

interface Host {
  readonly name: string;
  readonly text: string;
  /** Matches the declaration of a verb. */
  readonly declaration: (verb: string, of: keyof typeof all) => RegExp;
  /** Verbs that the language expresses in another way, which the page states. */
  readonly without?: readonly string[];
}

const hosts: readonly Host[] = [
  {
    name: 'Go',
    text: sources('hosts/go/', '.go'),
    declaration: (verb) => new RegExp(`^func (\\(\\w+ \\*?\\w+\\) )?${pascal(verb)}\\(`, 'm'),
  },
  {
    name: 'Rust',
    text: sources('hosts/rust/src/', '.rs'),
    declaration: (verb) => new RegExp(`^ *pub fn ${verb}[<(]`, 'm'),
  },
  {
    name: 'Python',
    text: sources('hosts/python/src/nhipol/', '.py'),
    declaration: (verb) => new RegExp(`^ *def ${verb}\\(`, 'm'),
  },
  {
    name: 'Java',
    text: sources('hosts/java/src/main/java/dev/nhipol/', '.java'),
    declaration: (verb) => new RegExp(`^ *public [^=;]*\\b${camel(verb)}\\(`, 'm'),
  },
  {
    name: 'C',
    text: sources('hosts/c/include/', '.h'),
    declaration: (verb, of) =>
      new RegExp(`\\bnhipol_${of === 'policy' ? '' : 'sessions?_'}${verb}\\(`),
    without: ['decide_json', 'decide_response', 'could_json', 'end'],
  },
  {
    name: 'Ruby',
    text: sources('hosts/ruby/lib/nhipol/', '.rb') + sources('hosts/ruby/lib/', '.rb'),
    declaration: (verb) => new RegExp(`^ *def (self\\.)?${verb}\\b`, 'm'),
    without: ['end'],
  },
];

test('the page lists verbs', () => {
  expect(all.policy).toContain('decide_response');
  expect(all.sessions.length).toBeGreaterThan(10);
});

test.each(hosts)('the host in $name has all verbs', ({ text, declaration, without = [] }) => {
  const missing = (['policy', 'sessions'] as const).flatMap((of) =>
    all[of].filter((verb) => !without.includes(verb) && !declaration(verb, of).test(text)),
  );
  expect(missing).toEqual([]);
});
