// Bugs in the meaning: the evaluator, requests as facts, sessions, and time.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: one of the texts is a template.

export const evaluator = [
  {
    id: 'a-minute-ahead-is-unknown',
    file: 'language/evaluator/expressions.ts',
    find: 'return { value: now >= from && now <= to, edge: ahead(now, from, to + 1n) };',
    replace: 'return { value: now > from && now <= to, edge: ahead(now, from, to + 1n) };',
    does: 'A fact observed exactly 60 s ahead of the host’s clock is unknown.',
  },
  {
    id: 'age-turns-where-it-is-nought',
    file: 'language/evaluator/time.ts',
    find: 'filter((change) => change > of);',
    replace: 'filter((change) => change >= of);',
    does: 'An answer by the age of an instant that lies ahead ends when that comes, though nothing changes then.',
  },
  {
    id: 'one-empty-set-conflicts',
    file: 'language/evaluator/merge.ts',
    find: '(isSetMerge(constraint) && before !== undefined && (both as readonly Value[]).length === 0)',
    replace: '(isSetMerge(constraint) && (both as readonly Value[]).length === 0)',
    does: 'A single narrow to no tools at all is a deny, as if it contradicted another.',
  },
  {
    id: 'first-element-bound-for-all',
    file: 'language/evaluator/expressions.ts',
    find: `      this.#bindings = new Map(outside);
      return this.evaluate(expr.body);`,
    replace: `      return this.evaluate(expr.body);`,
    does: 'A predicate that is asked of each element of a list says of all what it says of the first.',
  },
  {
    id: 'unknown-of-the-zone',
    file: 'language/evaluator/why.ts',
    find: `  if ((expr.kind === 'InWindow' || expr.kind === 'Calendar') && unknown.length === 0)`,
    replace: `  if (expr.kind === 'InWindow' && unknown.length === 0)`,
    does: 'A deny by the weekday of an instant beyond 2099 does not say what was unknown.',
  },
  {
    id: 'window-of-events-ends-early',
    file: 'language/evaluator/matches.ts',
    find: 'return within !== undefined && time + within < now;',
    replace: 'return within !== undefined && time + within <= now;',
    does: 'An event of just an hour ago is no longer within the last hour.',
  },
  {
    id: 'length-in-characters',
    file: 'language/request/scalar.ts',
    find: 'return new TextEncoder().encode(text).length > requestLimits.stringBytes;',
    replace: 'return text.length > requestLimits.stringBytes;',
    does: 'A text that is too long in bytes is taken where it is short enough in characters.',
    becameTest: true,
  },
  {
    id: 'small-decimals-are-nought',
    file: 'language/types/time/instant.ts',
    find: 'if (shift + digits.length < 0) return 0n;',
    replace: 'if (shift + digits.length <= 0) return 0n;',
    does: 'A Decimal of 0.0000006 is nought, instead of a millionth.',
    becameTest: true,
  },
  {
    id: 'resource-asks-nothing-new',
    file: 'language/evaluator/session.ts',
    find: "changes.some(({ path: [root] }) => root === 'action' || root === 'resource');",
    replace: "changes.some(({ path: [root] }) => root === 'action');",
    does: 'A decision about one file does not count for the next once only the resource changes.',
    becameTest: true,
  },
  {
    id: 'clock-a-minute-back',
    file: 'language/evaluator/session.ts',
    find: 'return now < latest - tolerance;',
    replace: 'return now <= latest - tolerance;',
    does: 'A session whose host’s clock went back by just a minute is denied.',
  },
  {
    id: 'exception-without-its-last-day',
    file: 'language/types/time/window.ts',
    find: 'window.except.some(({ from, to }) => from <= day && day <= to);',
    replace: 'window.except.some(({ from, to }) => from <= day && (day < to || from === to));',
    does: 'A window is open on the last day of the holidays that it excepts.',
  },
  {
    id: 'invalid-holds-for-ever',
    file: 'language/evaluator/decide.ts',
    find: ': invalidAnswer(error, earliest(...revokes.map((contribution) => contribution.edge)));',
    replace: ': invalidAnswer(error);',
    does: 'The answer to a faulty request does not say when a revoke will fire.',
  },
  {
    id: 'full-width-percent-in-a-path',
    file: 'language/types/paths.ts',
    find: '\\ufe6a\\uff05\\uff0e\\uff0f\\uff3c]/;',
    replace: '\\ufe6a\\uff0e\\uff0f\\uff3c]/;',
    does: 'A path with a full-width percent sign is in normal form, although another system may decode it to `..`.',
  },
  {
    id: 'root-without-its-slash',
    file: 'language/types/paths.ts',
    find: 'inner.startsWith(`${outer}/`);',
    replace: 'inner.startsWith(outer);',
    does: 'The path `/database` is under the root `/data`.',
  },
];
