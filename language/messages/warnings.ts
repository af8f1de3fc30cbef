// Warnings: what is legal but hardly meant. And the comments that silence them.

import type { Entry } from './entry.ts';

const level = 'enum Level { LOW, MEDIUM, HIGH }\ncontext { risk?: { level?: Level } }';
const scopes = 'context { wanted: Set<String> = {}, granted: Set<String> = {} }';

export const warningMessages = {
  'never-fires': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} never fires`,
    help: 'correct the condition, or remove what it guards; of two values that exclude each other `or` takes either',
    avoid: `policy p\n${level}\nfor any { permit ok when context.risk.level is LOW and context.risk.level is MEDIUM }`,
    prefer: `policy p\n${level}\nfor any { permit ok when context.risk.level is LOW or context.risk.level is MEDIUM }`,
  },
  'never-true': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} fires only where its condition is unknown`,
    help: 'correct the condition; a rule for what is unknown says `not known(…)` or `is missing`',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\ndeny bad when context.risk.level is MEDIUM and context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\ndeny bad when context.risk.level in { MEDIUM, HIGH } }`,
  },
  'never-certain': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} is never certain, and fires on nothing else`,
    help: 'a permit needs a condition that can be known: read what is declared, or leave out what is missing here',
    avoid: `policy p\n${level}\nfor any { given level = context.risk.level { deny high when level is HIGH } otherwise { permit low when context.risk.level is LOW\ndeny lost } }`,
    prefer: `policy p\n${level}\nfor any { given level = context.risk.level { permit low when level is LOW } otherwise { deny lost } }`,
  },
  'never-wins': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} never wins: wherever it fires, nothing permits`,
    help: 'let the permit state the widest case, including what this cuts down; or make this a `deny`',
    avoid: `policy p\n${level}\nfor any { permit low when context.risk.level is LOW\nchallenge high when context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit low when context.risk.level in { LOW, HIGH }\nchallenge high when context.risk.level is HIGH }`,
  },
  shadowed: {
    severity: 'warning',
    message: (p: { what: string; why: string }) => `${p.what} is never a reason: ${p.why}`,
    help: 'remove it, or narrow the other rule to what it is about',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\nchallenge high when context.risk.level is HIGH\ndeny risky when context.risk.level in { MEDIUM, HIGH } }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\nchallenge high when context.risk.level is HIGH\ndeny risky when context.risk.level is MEDIUM }`,
  },
  unused: {
    severity: 'warning',
    message: (p: { what: string; name: string; how: string }) =>
      `the ${p.what} \`${p.name}\` is ${p.how}`,
    help: 'remove it, or use it where it was meant to be',
    avoid: 'policy p\nconst limit = 5\nfor any { permit ok otherwise }',
    prefer:
      'policy p\nconst limit = 5\nsubject any { actors?: List<{}> }\nfor any { permit ok when size(subject.actors) < limit }',
  },
  'fails-open': {
    severity: 'warning',
    message: (p: { what: string; does: string; path: string; lack: string }) =>
      `${p.what} ${p.does} when \`${p.path}\` is ${p.lack}`,
    help: 'let another rule restrict what is missing, or say why it need not: `// allow fails-open: …`',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\ndeny high when context.risk is present and context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\ngiven level = context.risk.level { deny high when level is HIGH } otherwise { deny lost } }`,
  },
  'true-of-nothing': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what}, and so grants where there is nothing`,
    help: 'ask for an element besides: `size(…) > 0 and …`',
    avoid: `policy p\n${scopes}\nfor any { permit ok when context.wanted within context.granted }`,
    prefer: `policy p\n${scopes}\nfor any { permit ok when size(context.wanted) > 0 and context.wanted within context.granted }`,
  },
  'allow-without-reason': {
    severity: 'error',
    message: (p: { code: string }) => `why \`${p.code}\` is allowed here is not said`,
    help: 'write the reason behind a colon: `// allow unused: …`',
    avoid: 'policy p\n// allow unused\nconst limit = 5\nfor any { permit ok otherwise }',
    prefer:
      'policy p\n// allow unused: the next rule will take it\nconst limit = 5\nfor any { permit ok otherwise }',
  },
  'unknown-allow': {
    severity: 'warning',
    message: (p: { code: string; why: string }) => `\`${p.code}\` ${p.why}`,
    help: 'name one warning by the code that stands in its brackets',
    avoid:
      'policy p\n// allow fail-open: the gateway always sends it\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'unused-allow': {
    severity: 'warning',
    message: (p: { code: string }) => `there is no \`${p.code}\` here to allow`,
    help: 'remove the comment; it speaks of what begins in the next line, or in its own',
    avoid:
      'policy p\n// allow fails-open: the gateway always sends it\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
} satisfies Record<string, Entry>;
