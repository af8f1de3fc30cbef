// Bugs in the emitter of AssemblyScript and constant data.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: most of the texts are templates.

export const emitter = [
  {
    id: 'faulty-is-known-to-be-missing',
    file: 'compiler/emit/expressions/expressions.ts',
    find: '`(${cellCode.isFaulty(this.#address(expr.cell.address))} ? 1 : ${known} << 1)`,',
    replace: '`(${known} << 1)`,',
    does: 'A session is revoked by `not known(x)` if x is present with the wrong type.',
    by: ['test/cases/cases.test.ts'],
  },
  {
    id: 'partial-sets-agree',
    file: 'compiler/emit/expressions/expressions.ts',
    find: "const whole = expr.rep === 'cells' ? ` & (${then.partial} ^ 1) & (${other.partial} ^ 1)` : '';",
    replace: "const whole = '';",
    does: '`if` with an unknown condition between two sets with unknown elements is known.',
    becameTest: true,
    by: ['test/meaning/table.test.ts'],
  },
  {
    id: 'elements-outlast-their-list',
    file: 'compiler/emit/expressions/expressions.ts',
    find: 'const decided = collection.edge === undefined ? last : `min<i64>(${last}, ${collection.edge})`;',
    replace: 'const decided = last;',
    does: 'An answer that depends on an element of a list is still valid after the list became stale.',
    by: ['test/meaning/validity.test.ts'],
  },
  {
    id: 'weekday-of-no-day',
    file: 'compiler/emit/expressions/expressions.ts',
    find: `    this.line(\`  \${known} = ok;\`);
    this.line('}');
    const edge = this.#minEdge([of], false);`,
    replace: `    this.line('}');
    const edge = this.#minEdge([of], false);`,
    does: 'The weekday of an instant in the year 2150 is Monday, instead of unknown.',
    by: ['test/cases/cases.test.ts'],
  },
  {
    id: 'score-band-without-end',
    file: 'compiler/emit/rules/judge.ts',
    find: "const below = above === undefined ? '' : ` && possible < ${formatWord(above.from)}`;",
    replace:
      "const below = above === undefined ? '' : ` && possible <= ${formatWord(above.from)}`;",
    does: 'If a score just reaches the band above its narrowing one, the end of the answer is wrong.',
    becameTest: true,
    by: ['test/meaning/validity.test.ts'],
  },
  {
    id: 'conflicts-settled-too-late',
    file: 'compiler/emit/rules/judge.ts',
    find: `      ...(conflicting ? ['  settleConflicts();'] : []),
      \`  if (\${denied}) { finish(false); return; }\`,`,
    replace: `      \`  if (\${denied}) { finish(false); return; }\`,
      ...(conflicting ? ['  settleConflicts();'] : []),`,
    does: 'With a deny, narrows that contradict each other are missing from the reasons.',
    becameTest: true,
    by: ['test/meaning/answers.test.ts'],
  },
  {
    id: 'network-without-its-last-address',
    file: 'compiler/emit/rules/row-index.ts',
    find: 'return { first, end: first + size, member };',
    replace: 'return { first, end: first + size - 1n, member };',
    does: 'Among many rules with networks, the last address of each network matches none.',
    by: ['test/properties/values/rows.test.ts'],
  },
  {
    id: 'ranges-of-other-types',
    file: 'compiler/emit/readers/record-readers.ts',
    find: 'const key = `${reader.function} ${bounds}`;',
    replace: 'const key = bounds;',
    does: 'A `Decimal(0..1)` is read as an `Int(0..1_000_000)` if a policy declares both.',
    becameTest: true,
    by: ['test/meaning/table.test.ts'],
  },
  {
    id: 'narrow-is-not-allowed',
    file: 'compiler/emit/sessions/history.ts',
    find: "`(load<i64>(${facts + effect}) <= 1) == ${of.which === 'allowed'}`",
    replace: "`(load<i64>(${facts + effect}) < 1) == ${of.which === 'allowed'}`",
    does: 'A narrowed action does not count as allowed.',
    becameTest: true,
    by: ['test/runtime/sessions/sessions.test.ts'],
  },
  {
    id: 'sum-without-carry',
    file: 'compiler/emit/expressions/expressions.ts',
    find: ' + i64(<u64>${sum} < <u64>${value});`);',
    replace: ';`);',
    does: 'A sum over a list with a negative number is unknown.',
    by: ['test/meaning/table.test.ts'],
  },
  {
    id: 'inner-lists-released',
    file: 'compiler/emit/readers/record-readers.ts',
    find: 'if (mark() == top && !exhausted) release(elements',
    replace: 'if (!exhausted) release(elements',
    does: 'The lists within a list are overwritten by what is read after them.',
    by: ['test/properties/values/collections.test.ts'],
  },
];
