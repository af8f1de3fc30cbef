// Bugs between the checked model and the code: lowering, the plan, the bounds, and what a host is told.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

export const lowering = [
  {
    id: 'stale-record-around',
    file: 'compiler/lower/expressions.ts',
    find: 'const all = operand.latest ? [] : [...fresh, ...own];',
    replace: 'const all = operand.latest ? [] : own.length > 0 ? own : fresh;',
    does: '`known` of a record that goes stale by itself says yes although the record around it is stale.',
    becameTest: true,
  },
  {
    id: 'lists-within-lists-lack-room',
    file: 'compiler/lower/facts.ts',
    find: 'this.#elementBytes += copies * requestLimits.elements * stride;',
    replace: 'this.#elementBytes += limits.elements * stride;',
    does: 'A request with long lists within a list is denied for lack of memory.',
    becameTest: true,
  },
  {
    id: 'count-keeps-one-too-few',
    file: 'compiler/lower/history.ts',
    find: "const isBelow = operator === '>=' || operator === '<';",
    replace: "const isBelow = operator === '>=' || operator === '<' || operator === '<=';",
    does: 'A session never has more events than a `count(…) <= 3` allows: the fourth is not kept.',
    becameTest: true,
  },
  {
    id: 'steady-for-a-week',
    file: 'compiler/lower/windows.ts',
    find: 'steady: isSteady(regular, byMonth ? longPeriod : shortPeriod),',
    replace: 'steady: isSteady(regular, shortPeriod),',
    does: 'A window of the last Friday of each month is taken for one that never opens when answers are told their ends.',
    becameTest: true,
  },
  {
    id: 'unknown-cell-has-no-edge',
    file: 'compiler/plan/discriminator.ts',
    find: "(effect === 'permit' || skipUnknown) && !condition.timeful;",
    replace: "effect === 'permit' || skipUnknown;",
    does: 'Among many permits alike, one whose member is missing no longer ends the answer at its own instant.',
  },
  {
    id: 'segments-of-any-case',
    file: 'compiler/plan/literal-segments.ts',
    find: "if (language === 'regex' || ignoringCase) return undefined;",
    replace: "if (language === 'regex' || (ignoringCase && /[A-Z]/.test(text))) return undefined;",
    does: 'Among many patterns that ignore case, `/Data/x` is not found by `/data/*`.',
  },
  {
    id: 'one-table-for-all',
    file: 'compiler/plan/shape.ts',
    find: 'return `${numbered(this.#tables, expr.table)}`;',
    replace: 'return `${this.#tables.size}`;',
    does: 'Among many rules of shapes of their own, conditions that differ in nothing but their table all look into that of the first.',
  },
  {
    id: 'table-decided-early',
    file: 'compiler/plan/atoms.ts',
    find: "(part) => part.kind === 'lookup' && part.table.external !== undefined,",
    replace: "(part) => part.kind === 'lookup' && part.table.external?.isSet === true,",
    does: 'A request that is asked about again after a table was filled is answered by what the table held before.',
  },
  {
    id: 'atom-within-another',
    file: 'compiler/plan/atoms.ts',
    find: `    for (const expr of everyIrExpr(conditions)) {
      const known = found.get(expr);`,
    replace: `    for (const expr of conditions.flatMap(partsOf)) {
      const known = found.get(expr);`,
    does: 'A shared `let` that rules of one scope ask by itself and those of another within `if` is false for the latter.',
    becameTest: true,
  },
  {
    id: 'unknown-of-the-inside',
    file: 'compiler/lower/lower.ts',
    find: 'const read = [rule.condition, within ?? []].flat();',
    replace: 'const read = [rule.condition];',
    does: 'A narrow that falls to a deny does not say which unknown value of its limits it fell by.',
  },
  {
    id: 'rest-after-the-parts',
    file: 'compiler/lower/texts.ts',
    find: "operator === 'is' ? 'isUsedUp' : 'isFound'",
    replace: "operator === 'is' ? 'isFound' : 'isFound'",
    does: '`resource.id is "user/{subject.id}"` permits `user/ann-2` where the subject is `ann`.',
  },
];
