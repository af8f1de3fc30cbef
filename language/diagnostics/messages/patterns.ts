// Diagnostics about patterns: globs, regular expressions and SPIFFE ID patterns.

import type { Entry } from './entry.ts';

function policy(condition: string): string {
  return `policy p\ncontext { a?: String, id?: SpiffeId }\nfor any { permit ok when ${condition} }`;
}

export const patternMessages = {
  'bad-pattern': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'put a backslash before a character to match it literally',
    why: 'A pattern is compiled with the policy, so that matching cannot fail at run time. The underlined part of it is not valid.',
    avoid: policy('context.a matches regex"[a-z"'),
    prefer: policy('context.a matches regex"[a-z]"'),
  },
  'unsupported-pattern': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'regular expressions are those of RE2, which match any string in one pass',
    why: 'Patterns are matched in one pass over the string, so that no request can make a decision slow. Look-around and back-references need more than one pass and have been used to take services down.',
    avoid: policy('context.a matches regex"(?!root).*"'),
    prefer: policy('context.a not matches regex"root.*"'),
  },
  'pattern-too-large': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'match in several conditions, or limit the length with `length(x) <= 64`',
    why: 'A pattern is compiled into a table of states, and this one would need too many. The usual cause is a repetition count after an alternative: each count multiplies the states.',
    avoid: policy('context.a matches regex"(a|b)*a(a|b){20}"'),
    prefer: policy('context.a matches regex"(a|b)*" and length(context.a) > 20'),
  },
  'pattern-operand': {
    severity: 'error',
    message: (p: { language: string; takes: string; found: string }) =>
      `a ${p.language} pattern matches a ${p.takes}, and this is a ${p.found}`,
    help: 'only strings and SPIFFE IDs can be matched',
    why: 'Patterns of SPIFFE IDs are compared part by part, with trust domain and path parsed separately, and other patterns character by character. Matching one kind of value with the other kind of pattern would skip those checks.',
    avoid: policy('context.a matches spiffe"spiffe://prod.example/*"'),
    prefer: policy('spiffe(context.a) matches spiffe"spiffe://prod.example/*"'),
  },
  'bad-glob-option': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'the separator is one character, such as `/`, `.` or `:`, that has no other meaning',
    why: 'The separator is what a `*` does not cross. It must be one character that means nothing else in a pattern, so that segments can be distinguished. Only globs have segments.',
    avoid: policy('context.a matches glob"*.example" separated by ".."'),
    prefer: policy('context.a matches glob"*.example" separated by "."'),
  },
  'pattern-placeholder': {
    severity: 'error',
    message: (p: { placeholder: string; language: string }) =>
      `\`${p.placeholder}\` is not a placeholder in a ${p.language}: patterns are fixed when the policy is compiled`,
    why: 'A pattern is compiled with the policy, so no value of a request can be inserted. Taken literally, these braces would match themselves, and the rule would never fire.',
    avoid:
      'policy p\nsubject a { home?: String }\nfor a { permit ok when resource.id matches glob"{subject.home}/**" }',
    prefer:
      'policy p\nsubject a { home?: String }\nfor a { permit ok when resource.id under subject.home }',
  },
  'literal-braces': {
    severity: 'warning',
    message: (p: { placeholder: string }) =>
      `\`${p.placeholder}\` is literal text here, not a placeholder`,
    help: 'placeholders are filled in after `is`, `is not`, `starts_with`, `ends_with`, `under` and `because`, and in obligations',
    why: 'Strings have placeholders only where they are compared as a whole, in obligations and in messages. Elsewhere the braces are part of the string, which is then equal to no value of a request.',
    avoid: 'policy p\nfor any { permit ok when resource.id in { "user/{subject.id}" } }',
    prefer: 'policy p\nfor any { permit ok when resource.id is "user/{subject.id}" }',
  },
  'bad-root': {
    severity: 'error',
    message: (p: { problem: string }) => `nothing can be under this root: ${p.problem}`,
    help: 'write the root as a path in normal form, such as `/srv/data` or `src`',
    why: '`under` compares paths in normal form: segments separated by single slashes, without `.`, `..`, backslashes or percent-encoding. A root in any other form makes the condition unknown for every path, so a permit with it never fires.',
    avoid: policy('context.a under "/srv/../data"'),
    prefer: policy('context.a under "/data"'),
  },
  'search-needs-regex': {
    severity: 'error',
    message: (p: { language: string }) =>
      `\`contains\` takes a regular expression, and this is a ${p.language} pattern`,
    help: 'write `x contains regex"…"`, or match the whole string: `x matches glob"**/name/**"`',
    why: '`contains` finds a part of the string that matches. Globs and SPIFFE patterns describe a whole name, from its first to its last segment, so they cannot match a part of it.',
    avoid: policy('context.a contains glob"*.pem"'),
    prefer: policy('context.a matches glob"**/*.pem"'),
  },
} satisfies Record<string, Entry>;
