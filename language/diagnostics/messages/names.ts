// Diagnostics of names: of files that use each other, and of `let`s, predicates and functions.

import type { Entry } from './entry.ts';

function way(names: readonly string[]): string {
  const shown = names.length <= 8 ? names : [...names.slice(0, 4), '…', ...names.slice(-3)];
  return shown.join(' → ');
}

export const nameMessages = {
  'use-cycle': {
    severity: 'error',
    message: (p: { way: readonly string[] }) => `\`${p.way[0]}\` uses itself: ${way(p.way)}`,
    help: 'put what they share into a file that uses neither of them',
    why: 'What a file means is worked out from the files that it uses. In a circle there is no first one, and the result would depend on where one begins to read.',
    avoid: 'policy p\nuse "p.nhipol"\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'used-twice': {
    severity: 'error',
    message: (p: { what: string }) => `${p.what} is brought in twice`,
    help: 'remove one of them',
    why: 'The second adds nothing. It usually is the rest of an edit, where another file or name was meant.',
    avoid: 'policy p\nuse nhi\nuse nhi\nfor any { permit ok otherwise }',
    prefer: 'policy p\nuse nhi\nfor any { permit ok otherwise }',
  },
  'name-collision': {
    severity: 'error',
    message: (p: { name: string; first: string; second: string }) =>
      `\`${p.name}\` is declared ${p.first} and ${p.second}`,
    help: 'one name means one thing in a file: bring in only the names that you need, or rename one',
    why: 'The name is brought in from elsewhere and means something else here already. Letting one of the two win would make the policy depend on the order of its lines.',
    avoid:
      'policy p\nuse nhi.{ RiskLevel }\nenum RiskLevel { low < high }\nfor any { permit ok otherwise }',
    prefer:
      'policy p\nuse nhi.{ RiskLevel }\nenum Risk { low < high }\nfor any { permit ok otherwise }',
  },
  'unknown-import': {
    severity: 'error',
    message: (p: { name: string; file: string }) => `\`${p.file}\` has no name \`${p.name}\``,
    help: 'a file offers the names that it declares, and those of the files that it uses whole',
    absent: (p: { name: string }) => p.name,
    why: 'A file offers what it declares, and nothing is created by asking for it. Bringing names in one by one is how a reader learns where each of them comes from.',
    avoid: 'policy p\nuse nhi.{ RiskLvl }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nuse nhi.{ RiskLevel }\nfor any { permit ok otherwise }',
  },
  'unknown-vocabulary': {
    severity: 'error',
    message: (p: { name: string }) => `there is no vocabulary \`${p.name}\``,
    help: 'the vocabulary that comes with the language is `nhi`; a file is named by its path, in quotes',
    why: 'Vocabularies come with the language, so that their names mean the same in every policy. A word without quotes names one of them and never a file.',
    avoid: 'policy p\nuse nih.{ RiskLevel }\nfor any { permit ok otherwise }',
    prefer: 'policy p\nuse nhi.{ RiskLevel }\nfor any { permit ok otherwise }',
  },
  'shadowed-name': {
    severity: 'error',
    message: (p: { name: string; what: string }) =>
      `\`${p.name}\` would hide ${p.what} of the same name`,
    help: 'choose another name, so that each name here means one thing',
    why: 'A name that hides another makes a line mean something else than the same line a few rules above. Reviewers read rules one by one, so each name has one meaning wherever it is seen.',
    avoid: 'policy p\nconst most = 5\nfor any { let most = 6\npermit ok when most > 5 }',
    prefer: 'policy p\nconst most = 5\nfor any { let more = 6\npermit ok when more > most }',
  },
  circular: {
    severity: 'error',
    message: (p: { way: readonly string[] }) =>
      `\`${p.way[0]}\` is defined by itself: ${way(p.way)}`,
    help: 'nothing may call itself, so that every evaluation ends: say it with `any`, `all` or a table',
    why: "A definition that leads back to itself has no value, and a function that calls itself may never end. Without recursion every decision ends, in time that is known from the policy's text.",
    avoid:
      'policy p\npredicate even(n: Int) = n is 0 or odd(n - 1)\npredicate odd(n: Int) = even(n - 1)\nfor any { permit ok when even(4) }',
    prefer: 'policy p\npredicate even(n: Int) = n / 2 * 2 is n\nfor any { permit ok when even(4) }',
  },
  'wrong-argument': {
    severity: 'error',
    message: (p: { name: string; callee: string; expected: string; found: string }) =>
      `\`${p.name}\` of \`${p.callee}\` takes ${p.expected}, found ${p.found}`,
    help: 'a record fits when it has the members that the parameter names, of the same types',
    why: 'A parameter states what the body relies on. An argument without it would make the body read what is not declared, where nothing checks it.',
    avoid:
      'policy p\ncontext { a?: { c?: Int } }\npredicate big(a: { b?: Int }) = a.b > 5\nfor any { permit ok when big(context.a) }',
    prefer:
      'policy p\ncontext { a?: { b?: Int, c?: Int } }\npredicate big(a: { b?: Int }) = a.b > 5\nfor any { permit ok when big(context.a) }',
  },
} satisfies Record<string, Entry>;
