// Bugs between the checked model and the code: lowering, the plan, the bounds, and the manifest.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

export const lowering = [
  {
    id: 'stale-record-around',
    file: 'compiler/lower/expressions.ts',
    find: 'const all = operand.latest ? [] : [...fresh, ...ownTerms];',
    replace: 'const all = operand.latest ? [] : ownTerms.length > 0 ? ownTerms : fresh;',
    does: '`known` of a record with its own freshness is true although the record that contains it is stale.',
    becameTest: true,
  },
  {
    id: 'lists-within-lists-lack-room',
    file: 'compiler/lower/facts.ts',
    find: 'this.#elementBytes += all * stride;',
    replace: 'this.#elementBytes += requestLimits.elements * stride;',
    does: 'A request with long nested lists is denied because memory is exhausted.',
    becameTest: true,
  },
  {
    id: 'count-keeps-one-too-few',
    file: 'compiler/lower/history.ts',
    find: "const isBelow = operator === '>=' || operator === '<';",
    replace: "const isBelow = operator === '>=' || operator === '<' || operator === '<=';",
    does: 'A session never exceeds the limit of `count(…) <= 3`, because the fourth event is not stored.',
    becameTest: true,
  },
  {
    id: 'window-constant-for-a-week',
    file: 'compiler/lower/windows.ts',
    find: 'const steady = isSteady(regular, byMonth ? longPeriod : shortPeriod);',
    replace: 'const steady = isSteady(regular, shortPeriod);',
    does: 'A window on the last Friday of each month is treated as never open when the end of an answer is computed.',
    becameTest: true,
  },
  {
    id: 'unknown-cell-ends-no-answer',
    file: 'compiler/plan/discriminator.ts',
    find: "(effect === 'permit' || skipUnknown) && !condition.timeful;",
    replace: "effect === 'permit' || skipUnknown;",
    does: 'Among many similar permits, one whose member is missing no longer limits the end of the answer.',
  },
  {
    id: 'segments-of-any-case',
    file: 'compiler/plan/literal-segments.ts',
    find: "if (language === 'regex' || ignoringCase) return undefined;",
    replace: "if (language === 'regex' || (ignoringCase && /[A-Z]/.test(text))) return undefined;",
    does: 'Among many patterns that ignore case, `/data/*` does not match `/Data/x`.',
  },
  {
    id: 'one-table-for-all',
    file: 'compiler/plan/shape.ts',
    find: 'return `${numberEntry(this.#tables, expr.table)}`;',
    replace: 'return `${this.#tables.size}`;',
    does: 'Among many rules of different shapes, conditions that differ only in their table all use the table of the first.',
  },
  {
    id: 'table-answer-reused',
    file: 'compiler/plan/atoms.ts',
    find: "(part) => part.kind === 'lookup' && part.table.external !== undefined,",
    replace: "(part) => part.kind === 'lookup' && part.table.external?.isSet === true,",
    does: 'A request that is evaluated again after a table was loaded gets the answer for the old table.',
  },
  {
    id: 'atom-within-another',
    file: 'compiler/plan/atoms.ts',
    find: `    for (const expr of everyIrExpr(conditions)) {
      const known = atoms.get(expr);`,
    replace: `    for (const expr of conditions.flatMap(splitCondition)) {
      const known = atoms.get(expr);`,
    does: 'A `let` that rules of one scope use alone and rules of another within `if` is false for the latter.',
    becameTest: true,
  },
  {
    id: 'unknown-limit-not-reported',
    file: 'compiler/lower/lower.ts',
    find: 'const read = [rule.condition, within ?? []].flat();',
    replace: 'const read = [rule.condition];',
    does: 'A narrow that becomes a deny does not report the unknown value of its limits that caused it.',
  },
  {
    id: 'rest-after-the-parts',
    file: 'compiler/lower/texts.ts',
    find: "operator === 'is' ? 'isUsedUp' : 'isFound'",
    replace: "operator === 'is' ? 'isFound' : 'isFound'",
    does: '`resource.id is "user/{subject.id}"` permits `user/ann-2` for the subject `ann`.',
  },
  {
    id: 'shared-records-overlap',
    file: 'compiler/lower/united-members.ts',
    find: 'spellJsonPath(path, name), offset + size, layout)',
    replace: 'spellJsonPath(path, name), offset + cellSize, layout)',
    does: 'The members of a record that several actions declare have the same cell.',
    by: ['test/properties/programs.test.ts'],
  },
];
