// Diagnostics about names: imports, `let`, predicates and functions.

import type { Entry } from './entry.ts';

function formatChain(names: readonly string[]): string {
  const shown = names.length <= 8 ? names : [...names.slice(0, 4), '…', ...names.slice(-3)];
  return shown.join(' → ');
}

export const nameMessages = {
  'use-cycle': {
    severity: 'error',
    message: (p: { way: readonly string[] }) =>
      `\`${p.way[0]}\` uses itself: ${formatChain(p.way)}`,
    help: 'move what they share into a file that uses neither of them',
    why: 'The meaning of a file depends on the files that it uses. In a cycle no file comes first, and the result would depend on where reading begins.',
    avoid: 'policy p\nuse "p.nhipol"\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'used-twice': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} is imported twice`,
    help: 'remove one of them',
    why: 'The second import has no effect. It is usually left over from an edit, or another file or name was meant.',
    avoid: 'policy p\nuse nhi\nuse nhi\nfor any { permit ok otherwise }',
    prefer: 'policy p\nuse nhi\nfor any { permit ok otherwise }',
  },
  'name-collision': {
    severity: 'error',
    message: (p: { name: string; first: string; second: string }) =>
      `\`${p.name}\` is declared ${p.first} and ${p.second}`,
    help: 'a name has one meaning in a file: import only the names that you need, or rename one',
    why: 'The imported name already has another meaning in this file. If one of the two took precedence, the policy would depend on the order of its lines.',
    avoid:
      'policy p\nuse nhi.{ RiskLevel }\nenum RiskLevel { low < high }\nfor any { permit ok otherwise }',
    prefer:
      'policy p\nuse nhi.{ RiskLevel }\nenum Risk { low < high }\nfor any { permit ok otherwise }',
  },
  'unknown-import': {
    severity: 'error',
    message: (p: { name: string; file: string }) => `\`${p.file}\` does not export \`${p.name}\``,
    help: 'a file exports the names that it declares, and those of the files that it uses as a whole',
    absent: (p: { name: string }) => p.name,
    why: 'A file exports only what it declares or uses. Names are imported one by one so that a reader can see where each of them is declared.',
    avoid: 'policy p\nuse nhi.{ RiskLvl }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nuse nhi.{ RiskLevel }\nfor any { permit ok otherwise }',
  },
  'unknown-vocabulary': {
    severity: 'error',
    message: (p: { name: string }) => `unknown vocabulary \`${p.name}\``,
    help: 'the vocabulary of the language is `nhi`; write the path of a file in quotes',
    why: 'Vocabularies are part of the language, so that their names mean the same in every policy. A word without quotes is the name of a vocabulary and never a file.',
    avoid: 'policy p\nuse nih.{ RiskLevel }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nuse nhi.{ RiskLevel }\nfor any { permit ok otherwise }',
  },
  'shadowed-name': {
    severity: 'error',
    message: (p: { name: string; what: string }) =>
      `\`${p.name}\` would hide ${p.what} of the same name`,
    help: 'choose another name, so that each name has one meaning here',
    why: 'If a name could hide another one, the same line could mean different things in two rules. Reviewers read rules one by one, so each name has one meaning wherever it is visible.',
    avoid: 'policy p\nconst most = 5\nfor any { let most = 6\npermit ok when most > 5 }',
    prefer: 'policy p\nconst most = 5\nfor any { let more = 6\npermit ok when more > most }',
  },
  circular: {
    severity: 'error',
    message: (p: { way: readonly string[] }) =>
      `\`${p.way[0]}\` depends on itself: ${formatChain(p.way)}`,
    help: 'use `any`, `all` or a table: recursion is not allowed, so that every evaluation terminates',
    why: "A definition that refers to itself has no value, and a function that calls itself may never return. Without recursion every decision terminates, in a time that follows from the policy's source.",
    avoid:
      'policy p\npredicate even(n: Int) = n is 0 or odd(n - 1)\npredicate odd(n: Int) = even(n - 1)\nfor any { permit ok when even(4) }',
    prefer: 'policy p\npredicate even(n: Int) = n / 2 * 2 is n\nfor any { permit ok when even(4) }',
  },
  'wrong-argument': {
    severity: 'error',
    message: (p: { name: string; callee: string; expected: string; found: string }) =>
      `\`${p.name}\` of \`${p.callee}\` takes ${p.expected}, found ${p.found}`,
    help: 'an argument fits if it has the members that the parameter declares, with the same types',
    why: 'A parameter declares what the body reads. Without a check of the argument, the body would read members that are not declared.',
    avoid:
      'policy p\ncontext { a?: { c?: Int } }\npredicate big(a: { b?: Int }) = a.b > 5\nfor any { permit ok when big(context.a) }',
    prefer:
      'policy p\ncontext { a?: { b?: Int, c?: Int } }\npredicate big(a: { b?: Int }) = a.b > 5\nfor any { permit ok when big(context.a) }',
  },
} satisfies Record<string, Entry>;
