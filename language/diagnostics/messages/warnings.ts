// Warnings about valid policies that are probably not intended, and diagnostics about the comments that
// suppress them.

import type { Entry } from './entry.ts';

const level = 'enum Level { LOW, MEDIUM, HIGH }\ncontext { risk?: { level?: Level } }';
const scopes = 'context { wanted: Set<String>, granted: Set<String> }';

const outcomes =
  'action fetch {}\naction any {}\ncontext { time: Timestamp }\noutcomes { "completed": {}, "delivered": {} }';

export const warningMessages = {
  'never-fires': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} never fires`,
    help: 'correct the condition, or remove the rule; `or` accepts either of two values that exclude each other',
    why: 'No request that the declarations allow makes the condition true or unknown, so the rule has no effect. A reader assumes that it grants or restricts something.',
    avoid: `policy p\n${level}\nfor any { permit ok when context.risk.level is LOW and context.risk.level is MEDIUM }`,
    prefer: `policy p\n${level}\nfor any { permit ok when context.risk.level is LOW or context.risk.level is MEDIUM }`,
  },
  'undeclared-name': {
    severity: 'warning',
    message: (p: { what: 'subject' | 'action' | 'resource'; name: string }) =>
      `${p.what === 'action' ? 'action' : `${p.what} type`} \`${p.name}\` is not declared`,
    help: 'correct the name, declare it, or state why it is correct: `// allow undeclared-name: …`',
    why: 'Requests can contain names that the policy does not declare, so the name is valid. But a declared name is similar, or the declared names are meant to be complete: the name is probably misspelled, and what depends on it never happens.',
    avoid:
      'policy p\naction "fs.write" {}\naction any {}\nfor any { permit ok otherwise }\nfor any doing "fs.wriet" { deny read_only }',
    prefer:
      'policy p\naction "fs.write" {}\naction any {}\nfor any { permit ok otherwise }\nfor any doing "fs.write" { deny read_only }',
  },
  'never-true': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} fires only if its condition is unknown`,
    help: 'correct the condition; to handle what is unknown, write `not known(…)` or `is missing`',
    why: 'The condition can be false or unknown, but never true: the rule only catches missing data. If that is intended, write a condition that tests for it; if not, the condition probably requires two values at once.',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\ndeny bad when context.risk.level is MEDIUM and context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\ndeny bad when context.risk.level in { MEDIUM, HIGH } }`,
  },
  'always-fires': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} always fires`,
    help: 'correct the condition: `and` excludes each of several values, `or` none of them; if the rule is for every request, remove `when`',
    why: 'Every request that the declarations allow makes the condition true, so it decides nothing. A reader assumes that the rule is for some requests only. A rule without a condition, and one that depends on a constant, is written on purpose and not reported.',
    avoid:
      'policy p\nsubject agent { team: String }\nfor agent { permit deploys when subject.team is not "guest" or subject.team is not "trial" }',
    prefer:
      'policy p\nsubject agent { team: String }\nfor agent { permit deploys when subject.team is not "guest" and subject.team is not "trial" }',
  },
  'never-false': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} fires unless its condition is unknown`,
    help: 'correct the condition; to require only that a value is known, write `known(…)`',
    why: 'The condition can be true or unknown, but never false: the rule only requires that its operands are known. If that is intended, write it; if not, the condition probably accepts one of several values where it should exclude each of them.',
    avoid: `policy p\n${level}\nfor any { permit calm when context.risk.level is not MEDIUM or context.risk.level is not HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit calm when context.risk.level is not MEDIUM and context.risk.level is not HIGH }`,
  },
  'decided-condition': {
    severity: 'warning',
    message: (p: { value: boolean }) =>
      `this part of the condition is always ${p.value} if its operands are known`,
    help: 'correct it, or remove it; `and` requires all comparisons at once, `or` accepts one of them',
    why: 'The part has the same value for all values of its operands, so it decides nothing. Two comparisons of an operand exclude each other, or one of them is always true.',
    avoid:
      'policy p\nsubject agent { team: String, on: Bool }\nfor agent { permit ok when subject.on and (subject.team is not "guest" or subject.team is not "trial") }',
    prefer:
      'policy p\nsubject agent { team: String, on: Bool }\nfor agent { permit ok when subject.on and subject.team is not "guest" and subject.team is not "trial" }',
  },
  'never-certain': {
    severity: 'warning',
    message: (p: { what: string }) =>
      `the condition of ${p.what} is never certain, so it never fires`,
    help: 'a permit needs a condition that can be known: read what is declared, or leave out what is missing here',
    why: 'A permit fires only if its condition is true, not if it is unknown. Here the condition reads something that is known to be missing, so the permit grants nothing.',
    avoid: `policy p\n${level}\nfor any { given level = context.risk.level { deny high when level is HIGH } otherwise { permit low when context.risk.level is LOW\ndeny lost } }`,
    prefer: `policy p\n${level}\nfor any { given level = context.risk.level { permit low when level is LOW } otherwise { deny lost } }`,
  },
  'never-wins': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what} never wins: nothing permits when it fires`,
    help: 'let the permit include the case that this rule restricts, or make this rule a `deny`',
    why: 'A rule that narrows or challenges needs a permit that fires together with it: otherwise the answer is a denial, and this rule has no effect. Often the permit excludes exactly the case that this rule is for.',
    avoid: `policy p\n${level}\nfor any { permit low when context.risk.level is LOW\nchallenge high when context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit low when context.risk.level in { LOW, HIGH }\nchallenge high when context.risk.level is HIGH }`,
  },
  'never-permitted': {
    severity: 'warning',
    message: (p: {
      kind: 'action' | 'subject' | 'resource';
      names: string;
      rule: string;
      path: string;
    }) => {
      const nothing = {
        action: `no request can permit ${p.names}`,
        subject: `no request of a subject ${p.names} can be permitted`,
        resource: `no request for a resource ${p.names} can be permitted`,
      };
      return `${nothing[p.kind]}: ${p.rule} reads \`${p.path}\`, which is not declared there`;
    },
    help: 'limit the rule to the names that declare it: `for …`, `doing …` or `on …`, and write a rule for the others; or let the condition begin with `… is present and`',
    why: 'A member that an action, a subject type or a resource type does not declare is missing in each of its requests, so that a comparison of it is unknown: a permit does not fire, and a deny does. A rule for several of them so decides those that it was not written for, and no request for them is ever permitted.',
    avoid:
      'policy p\nsubject agent {}\naction read { path: String }\naction list {}\nfor agent { permit ok otherwise\ndeny outside when not (action.path under "/work") }',
    prefer:
      'policy p\nsubject agent {}\naction read { path: String }\naction list {}\nfor agent { permit ok otherwise }\nfor agent doing read { deny outside when not (action.path under "/work") }',
  },
  shadowed: {
    severity: 'warning',
    message: (p: { what: string; why: string }) => `${p.what} is never a reason: ${p.why}`,
    help: 'remove it, or narrow the other rule',
    why: 'A stricter rule fires whenever this one does, or an identical rule precedes it. This rule is never the reason of an answer, so it never appears in a log.',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\nchallenge high when context.risk.level is HIGH\ndeny risky when context.risk.level in { MEDIUM, HIGH } }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\nchallenge high when context.risk.level is HIGH\ndeny risky when context.risk.level is MEDIUM }`,
  },
  unused: {
    severity: 'warning',
    message: (p: { what: string; name: string; how: string }) =>
      `the ${p.what} \`${p.name}\` is ${p.how}`,
    help: 'remove it, or use it where it was meant',
    why: 'A declaration that nothing reads is left over, or it was meant for a rule that reads something else. Reviewers assume that a policy takes into account what it declares.',
    avoid: 'policy p\nconst limit = 5\nfor any { permit ok otherwise }',
    prefer:
      'policy p\nconst limit = 5\nsubject any { actors?: List<{}> }\nfor any { permit ok when size(subject.actors) < limit }',
  },
  'fails-open': {
    severity: 'warning',
    message: (p: { what: string; does: string; path: string; lack: string }) =>
      `${p.what} ${p.does} when \`${p.path}\` is ${p.lack}`,
    help: 'let another rule restrict what is missing, declare the member without a default, or state why neither is needed: `// allow fails-open: …`',
    why: 'Without this value, or with an old one, the answer is looser than it could be with the value, so a caller gains by withholding it. A missing value restricts by itself. A test of presence, an `else`, a default, `latest` or `if unknown skip` opts out of that and needs another rule that restricts when the value is missing, or a reason.',
    avoid: `policy p\n${level}\nfor any { permit ok otherwise\ndeny high when context.risk is present and context.risk.level is HIGH }`,
    prefer: `policy p\n${level}\nfor any { permit ok otherwise\ngiven level = context.risk.level { deny high when level is HIGH } otherwise { deny lost } }`,
  },
  'true-of-nothing': {
    severity: 'warning',
    message: (p: { what: string }) => `${p.what}, and so grants where there is nothing`,
    help: 'also require an element: `size(…) > 0 and …`',
    why: '`all`, `within`, `not any`, `not in` and `not intersects` are true for an empty collection. A permit with no other condition is granted to a request that names nothing, which is how checks of every element are bypassed.',
    avoid: `policy p\n${scopes}\nfor any { permit ok when context.wanted within context.granted }`,
    prefer: `policy p\n${scopes}\nfor any { permit ok when size(context.wanted) > 0 and context.wanted within context.granted }`,
  },
  'foreign-pattern': {
    severity: 'warning',
    message: (p: { why: string }) => p.why,
    help: 'put a backslash before the character if it is meant literally',
    why: 'Shells, editors and other engines give these characters a meaning that they do not have here. The pattern is valid, but it matches the characters literally, and a rule that expects the other meaning never fires.',
    avoid: `policy p\ncontext { a?: String }\nfor any { permit ok when context.a matches glob"@(dev|test)" }`,
    prefer: `policy p\ncontext { a?: String }\nfor any { permit ok when context.a matches glob"{dev,test}" }`,
  },
  'whole-string-words': {
    severity: 'warning',
    message: (p: { pattern: string; what: string; does: string }) =>
      `${p.what} ${p.does} a string that only contains a match of \`${p.pattern}\``,
    help: 'find the words anywhere with `contains regex"…"`; if the whole string is meant, write `in { "…" }` or `regex"^(?:…)$"`',
    why: '`matches` compares the whole string, so `matches regex"curl|wget"` is true for `curl` and false for `curl http://x`. A list of words is usually meant to find one of them, and a restriction that expects the bare word does not fire. Anchors show that the whole string is meant.',
    avoid: `policy p\ncontext { command: String }\nfor any { permit ok otherwise\ndeny tools when context.command matches regex"curl|wget" }`,
    prefer: `policy p\ncontext { command: String }\nfor any { permit ok otherwise\ndeny tools when context.command contains regex"curl|wget" }`,
  },
  'completed-only': {
    severity: 'warning',
    message: (p: { what: string }) =>
      `${p.what} misses a call that failed, and an agent reads the text of its error, too`,
    help: 'declare `"delivered": {}` in `outcomes` and write `outcome "delivered"`; if the rule is about what the call achieved, state that: `// allow completed-only: …`',
    why: 'A tool that fails returns a text, which reaches the agent as a result does: a page can answer with an error that contains instructions. A rule that restricts what an agent may do after it has read something therefore uses `delivered`, which the guard, the hooks and the package for Python record before the agent gets a result or an error.',
    avoid: `policy p\n${outcomes}\nfor any { permit ok otherwise\ndeny tainted when once(outcome "completed" doing fetch)\ndeny busy when count(outcome "delivered", within 1m) > 30 }`,
    prefer: `policy p\n${outcomes}\nfor any { permit ok otherwise\ndeny tainted when once(outcome "delivered" doing fetch)\ndeny busy when count(outcome "completed", within 1m) > 30 }`,
  },
  'allow-without-reason': {
    severity: 'error',
    message: (p: { code: string }) => `\`allow ${p.code}\` states no reason`,
    help: 'write the reason after a colon: `// allow unused: …`',
    why: 'A comment that suppresses a warning outlives its author. Later readers need the reason to decide whether it still applies.',
    avoid: 'policy p\n// allow unused\nconst limit = 5\nfor any { permit ok otherwise }',
    prefer:
      'policy p\n// allow unused: the next rule will take it\nconst limit = 5\nfor any { permit ok otherwise }',
  },
  'unknown-allow': {
    severity: 'warning',
    message: (p: { code: string; why: string }) => `\`${p.code}\` ${p.why}`,
    help: 'write the code of one warning, as shown in its brackets',
    why: 'The comment does not name a warning, or it names an error, which cannot be suppressed. It has no effect, and the warning that was meant is still reported.',
    avoid:
      'policy p\n// allow fail-open: the gateway always sends it\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
  'unused-allow': {
    severity: 'warning',
    message: (p: { code: string }) => `\`allow ${p.code}\` suppresses no warning`,
    help: 'remove the comment; it applies to what begins on its own line or on the next one',
    why: 'The warning does not occur here, or no longer does. If the comment stayed, it would suppress the same warning when it occurs for another reason.',
    avoid:
      'policy p\n// allow fails-open: the gateway always sends it\nfor any { permit ok otherwise }',
    prefer: 'policy p\nfor any { permit ok otherwise }',
  },
} satisfies Record<string, Entry>;
