// Warnings: what is legal but hardly meant. And the comments that silence them.

import type { Entry } from './entry.ts';

const level = 'enum Level { LOW, MEDIUM, HIGH }\ncontext { risk?: { level?: Level } }';
const scopes = 'context { wanted: Set<String>, granted: Set<String> }';

export const warningMessages = {
  'never-fires': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} never fires`,
    help: 'correct the condition, or remove what it guards; of two values that exclude each other `or` takes either',
    why: 'No request that the declarations allow makes the condition true or unknown, so what it guards does nothing. A reader believes that something is granted or held off here, and nothing is.',
    avoid: `policy p\n${level}\nfor any { permit ok when context.risk.level is LOW and context.risk.level is MEDIUM }`,
    prefer: `policy p\n${level}\nfor any { permit ok when context.risk.level is LOW or context.risk.level is MEDIUM }`,
  },
  'undeclared-name': {
    severity: 'warning',
    message: (p: { what: 'subject' | 'action' | 'resource'; name: string }) =>
      `no ${p.what === 'action' ? 'action' : `${p.what} type`} \`${p.name}\` is declared`,
    help: 'correct the name, declare it, or say why it is right: `// allow undeclared-name: …`',
    why: 'Requests may name what the policy does not declare, so the name is legal. But the declared names differ from it by little, or are meant to be all of them: most likely it is misspelled, and what depends on it never happens.',
    avoid:
      'policy p\naction "fs.write" {}\naction any {}\nfor any { permit ok otherwise }\nfor any doing "fs.wriet" { deny read_only }',
    prefer:
      'policy p\naction "fs.write" {}\naction any {}\nfor any { permit ok otherwise }\nfor any doing "fs.write" { deny read_only }',
  },
  'never-true': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} fires only where its condition is unknown`,
    help: 'correct the condition; a rule for what is unknown says `not known(…)` or `is missing`',
    why: 'The condition can be false or unknown, never true: the rule works only as a net for what is missing. Where that is meant, a condition that asks for it says so; where it is not, two values were asked for at once.',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\ndeny bad when context.risk.level is MEDIUM and context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\ndeny bad when context.risk.level in { MEDIUM, HIGH } }`,
  },
  'never-certain': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} is never certain, and fires on nothing else`,
    help: 'a permit needs a condition that can be known: read what is declared, or leave out what is missing here',
    why: 'A permit fires on what is true, never on what is unknown, and here something that the condition reads is known to be missing. It grants nothing, however its condition reads.',
    avoid: `policy p\n${level}\nfor any { given level = context.risk.level { deny high when level is HIGH } otherwise { permit low when context.risk.level is LOW\ndeny lost } }`,
    prefer: `policy p\n${level}\nfor any { given level = context.risk.level { permit low when level is LOW } otherwise { deny lost } }`,
  },
  'never-wins': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} never wins: wherever it fires, nothing permits`,
    help: 'let the permit state the widest case, including what this cuts down; or make this a `deny`',
    why: 'A rule that narrows or challenges needs a permit beside it: without one the answer is a denial, and this rule is never heard. Often the permit was written too tight by exactly the case that this rule was to take.',
    avoid: `policy p\n${level}\nfor any { permit low when context.risk.level is LOW\nchallenge high when context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit low when context.risk.level in { LOW, HIGH }\nchallenge high when context.risk.level is HIGH }`,
  },
  shadowed: {
    severity: 'warning',
    message: (p: { what: string; why: string }) => `${p.what} is never a reason: ${p.why}`,
    help: 'remove it, or narrow the other rule to what it is about',
    why: 'Another rule of a stronger level fires wherever this one does, or the same rule stands above it. It is never the reason of an answer, so whoever looks for its reason in a log looks in vain.',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\nchallenge high when context.risk.level is HIGH\ndeny risky when context.risk.level in { MEDIUM, HIGH } }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\nchallenge high when context.risk.level is HIGH\ndeny risky when context.risk.level is MEDIUM }`,
  },
  unused: {
    severity: 'warning',
    message: (p: { what: string; name: string; how: string }) =>
      `the ${p.what} \`${p.name}\` is ${p.how}`,
    help: 'remove it, or use it where it was meant to be',
    why: 'A declaration that nothing reads is either left over or, worse, meant for a rule that reads something else. What a policy declares is what its reviewers believe it heeds.',
    avoid: 'policy p\nconst limit = 5\nfor any { permit ok otherwise }',
    prefer:
      'policy p\nconst limit = 5\nsubject any { actors?: List<{}> }\nfor any { permit ok when size(subject.actors) < limit }',
  },
  'fails-open': {
    severity: 'warning',
    message: (p: { what: string; does: string; path: string; lack: string }) =>
      `${p.what} ${p.does} when \`${p.path}\` is ${p.lack}`,
    help: 'let another rule restrict what is missing, declare the member without a default, or state why neither is needed: `// allow fails-open: …`',
    why: 'Without this value, or with an old one, the answer is looser than it could be with the value, so a caller gains by withholding it. A missing value restricts by itself; a test of presence, an `else`, a default, `latest` or `if unknown skip` opts out of that, which needs another rule that restricts when the value is missing, or a reason.',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\ndeny high when context.risk is present and context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\ngiven level = context.risk.level { deny high when level is HIGH } otherwise { deny lost } }`,
  },
  'true-of-nothing': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what}, and so grants where there is nothing`,
    help: 'ask for an element besides: `size(…) > 0 and …`',
    why: '`all`, `within`, `not any`, `not in` and `not intersects` are true of an empty collection. A permit with no other condition is granted to a request that names nothing, which is how checks of every element are bypassed.',
    avoid: `policy p\n${scopes}\nfor any { permit ok when context.wanted within context.granted }`,
    prefer: `policy p\n${scopes}\nfor any { permit ok when size(context.wanted) > 0 and context.wanted within context.granted }`,
  },
  'foreign-pattern': {
    severity: 'warning',
    message: (p: { why: string }) => p.why,
    help: 'put a backslash before the character if it is meant literally',
    why: 'Shells, editors and other engines give these characters a meaning that they do not have here. The pattern is valid, but it matches the characters themselves, and a rule that waits for something else never fires.',
    avoid: `policy p\ncontext { a?: String }\nfor any { permit ok when context.a matches glob"@(dev|test)" }`,
    prefer: `policy p\ncontext { a?: String }\nfor any { permit ok when context.a matches glob"{dev,test}" }`,
  },
  'whole-string-words': {
    severity: 'warning',
    message: (p: { pattern: string; what: string; does: string }) =>
      `${p.what} ${p.does} a string that only contains a match of \`${p.pattern}\``,
    help: 'find the words anywhere with `contains regex"…"`; if the whole string is meant, write `in { "…" }` or `regex"^(?:…)$"`',
    why: '`matches` compares the whole string, so `matches regex"curl|wget"` is true of `curl` and false of `curl http://x`. A pattern that is only a list of words is mostly meant to find one of them, and a restriction that waits for the bare word does not fire. Anchors show that the whole string is meant.',
    avoid: `policy p\ncontext { command: String }\nfor any { permit ok otherwise\ndeny tools when context.command matches regex"curl|wget" }`,
    prefer: `policy p\ncontext { command: String }\nfor any { permit ok otherwise\ndeny tools when context.command contains regex"curl|wget" }`,
  },
  'allow-without-reason': {
    severity: 'error',
    message: (p: { code: string }) => `why \`${p.code}\` is allowed here is not said`,
    help: 'write the reason behind a colon: `// allow unused: …`',
    why: 'A comment that silences a warning outlives whoever wrote it. The reason is what a later reader needs to tell whether it still holds, so there is no silence without one.',
    avoid: 'policy p\n// allow unused\nconst limit = 5\nfor any { permit ok otherwise }',
    prefer:
      'policy p\n// allow unused: the next rule will take it\nconst limit = 5\nfor any { permit ok otherwise }',
  },
  'unknown-allow': {
    severity: 'warning',
    message: (p: { code: string; why: string }) => `\`${p.code}\` ${p.why}`,
    help: 'name one warning by the code that stands in its brackets',
    why: 'The comment names no warning, or an error, which cannot be silenced. It silences nothing, and what was meant is still told.',
    avoid:
      'policy p\n// allow fail-open: the gateway always sends it\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'unused-allow': {
    severity: 'warning',
    message: (p: { code: string }) => `there is no \`${p.code}\` here to allow`,
    help: 'remove the comment; it speaks of what begins in the next line, or in its own',
    why: 'The warning is not there, or no longer. Left in, the comment would hide the same warning when it comes back for another reason.',
    avoid:
      'policy p\n// allow fails-open: the gateway always sends it\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
} satisfies Record<string, Entry>;
