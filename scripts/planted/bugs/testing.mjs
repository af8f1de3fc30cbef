// Bugs in running tests, exploring policies and reporting differences.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

export const testing = [
  {
    id: 'tables-of-a-request-test',
    file: 'assurance/testing/runner/run-tests.ts',
    find: `    session.change([], tables);
`,
    replace: '',
    does: 'In a policy with history, a test with `request` does not use the tables that its steps load.',
    becameTest: true,
    by: ['test/testing/requests-with-history.test.ts'],
  },
  {
    id: 'request-tests-not-decided',
    file: 'assurance/testing/runner/run-tests.ts',
    find: 'return opensSessions(policy, test) ? [runTest(test, createStandaloneAsk(open))] : [];',
    replace: 'return [];',
    does: 'In a policy with history, `compile` does not compare tests with `request` with the module.',
    becameTest: true,
    by: ['test/testing/requests-with-history.test.ts'],
  },
  {
    id: 'session-without-its-direction',
    file: 'assurance/reporting/diff/page.ts',
    find: "${words === '' ? '' : `, ${words}`}",
    replace: "${words === '' ? `, ${words}` : ''}",
    does: 'HTML and Markdown pages of `diff` do not show that a change of sessions is looser.',
    by: ['test/cli/diff.test.ts'],
  },
  {
    id: 'sessions-below-all-requests',
    file: 'assurance/reporting/diff/page.ts',
    find: 'return [...all].sort((a, b) => rankDirection(a.change) - rankDirection(b.change));',
    replace: 'return all;',
    does: 'A page of `diff` lists looser sessions after requests with only other reasons.',
    by: ['test/cli/diff.test.ts'],
  },
  {
    id: 'wider-before-another-effect',
    file: 'assurance/testing/diff/policy-diff.ts',
    find: 'const place = aspect === undefined ? 0 : aspects.indexOf(aspect) + 1;',
    replace: 'const place = aspect === undefined ? aspects.length : aspects.indexOf(aspect);',
    does: '`diff` shows that the constraints of a session become wider, and hides that a later deny becomes a permit.',
    becameTest: true,
    by: ['test/testing/diff.test.ts'],
  },
  {
    id: 'first-difference-of-a-session',
    file: 'assurance/testing/diff/sessions.ts',
    find: 'if (gravest !== undefined && rankSeverity(kind) >= rankSeverity(gravest.kind)) continue;',
    replace: 'if (gravest !== undefined) continue;',
    does: '`diff` shows the first difference of a session, and hides the looser one after it.',
    becameTest: true,
    by: ['test/testing/diff.test.ts'],
  },
  {
    id: 'count-never-reached',
    file: 'assurance/testing/explore/driven-sessions.ts',
    find: 'const threshold = Number(term.threshold);',
    replace: 'const threshold = Math.min(Number(term.threshold), manyEvents);',
    does: '`diff` does not find that the limit of a count was raised from 5,000 to 6,000.',
    by: ['test/testing/session-thresholds.test.ts'],
  },
  {
    id: 'table-without-directions',
    file: 'assurance/reporting/diff/page.ts',
    find: "[directionWords[change.direction] === '' ? '—' : directionWords[change.direction]],",
    replace: "[directionWords[change.direction] === '' ? directionWords[change.direction] : '—'],",
    does: 'The table of changes on a page of `diff` does not show which of them are looser.',
    by: ['test/cli/diff.test.ts'],
  },
];
