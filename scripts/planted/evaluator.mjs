// Bugs in the evaluator, in reading requests, in sessions, and in time.

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
    id: 'age-changes-at-zero',
    file: 'language/evaluator/time.ts',
    find: 'filter((change) => change > of);',
    replace: 'filter((change) => change >= of);',
    does: 'An answer that depends on the age of a future instant ends at that instant, although nothing changes then.',
  },
  {
    id: 'one-empty-set-conflicts',
    file: 'language/evaluator/merge.ts',
    find: '(isSetMerge(constraint) && before !== undefined && (both as readonly Value[]).length === 0)',
    replace: '(isSetMerge(constraint) && (both as readonly Value[]).length === 0)',
    does: 'A single narrow to an empty set is a deny, as if it contradicted another.',
  },
  {
    id: 'first-element-bound-for-all',
    file: 'language/evaluator/expressions.ts',
    find: `      this.#bindings = new Map(outside);
      return this.evaluate(expr.body);`,
    replace: `      return this.evaluate(expr.body);`,
    does: 'A predicate over the elements of a list returns the result of the first for all.',
  },
  {
    id: 'unknown-weekday-not-reported',
    file: 'language/evaluator/why.ts',
    find: `  if ((expr.kind === 'InWindow' || expr.kind === 'Calendar') && unknown.length === 0)`,
    replace: `  if (expr.kind === 'InWindow' && unknown.length === 0)`,
    does: 'A deny that depends on the weekday of an instant after 2099 does not report the unknown value.',
  },
  {
    id: 'window-of-events-ends-early',
    file: 'language/evaluator/matches.ts',
    find: 'return within !== undefined && time + within < now;',
    replace: 'return within !== undefined && time + within <= now;',
    does: 'An event of exactly an hour ago is not within the last hour.',
  },
  {
    id: 'length-in-characters',
    file: 'language/request/scalar.ts',
    find: 'return new TextEncoder().encode(text).length > requestLimits.stringBytes;',
    replace: 'return text.length > requestLimits.stringBytes;',
    does: 'A string that is too long in bytes is accepted if it is short enough in characters.',
    becameTest: true,
  },
  {
    id: 'small-decimals-are-zero',
    file: 'language/types/time/instant.ts',
    find: 'if (shift + digits.length < 0) return 0n;',
    replace: 'if (shift + digits.length <= 0) return 0n;',
    does: 'A Decimal of 0.0000006 is zero instead of a millionth.',
    becameTest: true,
  },
  {
    id: 'resource-does-not-change-the-query',
    file: 'language/evaluator/session.ts',
    find: "changes.some(({ path: [root] }) => root === 'action' || root === 'resource');",
    replace: "changes.some(({ path: [root] }) => root === 'action');",
    does: 'A decision about another resource is not recorded if only the resource changes.',
    becameTest: true,
  },
  {
    id: 'clock-a-minute-back',
    file: 'language/evaluator/session.ts',
    find: 'return now < latest - tolerance;',
    replace: 'return now <= latest - tolerance;',
    does: 'A session is denied if the clock of its host went back by exactly a minute.',
  },
  {
    id: 'exception-without-its-last-day',
    file: 'language/types/time/window.ts',
    find: 'window.except.some(({ from, to }) => from <= day && day <= to);',
    replace: 'window.except.some(({ from, to }) => from <= day && (day < to || from === to));',
    does: 'A window is open on the last day of an excepted range.',
  },
  {
    id: 'invalid-without-an-end',
    file: 'language/evaluator/decide.ts',
    find: ': invalidAnswer(error, earliest(...revokes.map((contribution) => contribution.edge)));',
    replace: ': invalidAnswer(error);',
    does: 'The answer to an invalid request does not end when a revoke will fire.',
  },
  {
    id: 'full-width-percent-in-a-path',
    file: 'language/types/paths.ts',
    find: '\\ufe6a\\uff05\\uff0e\\uff0f\\uff3c]/;',
    replace: '\\ufe6a\\uff0e\\uff0f\\uff3c]/;',
    does: 'A path with a full-width percent sign is accepted as normalized, although another system may decode it to `..`.',
  },
  {
    id: 'root-without-its-slash',
    file: 'language/types/paths.ts',
    find: 'inner.startsWith(`${outer}/`);',
    replace: 'inner.startsWith(outer);',
    does: 'The path `/database` is under the root `/data`.',
  },
];
