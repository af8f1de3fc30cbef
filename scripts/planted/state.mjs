// Bugs in the files of log and state, and in the verification of logs.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

const tests = (...names) => names.map((name) => `test/service/${name}.test.ts`);
const logs = tests('log-claims', 'log-attacks', 'log');
const states = tests('state-file', 'store');

export const state = [
  {
    id: 'log-truncated-unnoticed',
    file: 'service/log/log-file.ts',
    find: '    if (size < this.#size) throw new Error(`${this.#path} was truncated`);\n',
    replace: '',
    does: 'Calls are permitted while another program removes their lines from the log.',
    by: logs,
  },
  {
    id: 'any-file-of-this-name',
    file: 'service/support/watched-file.ts',
    find: 'if (found.dev !== dev || found.ino !== ino) {',
    replace: 'if (found.dev !== dev) {',
    does: 'Lines are written to a file that was replaced by another one, and are lost with it.',
    by: [...logs, ...states],
  },
  {
    id: 'only-side-files-watched',
    file: 'service/store/state-file.ts',
    find: "const parts = this.#isExclusive ? ['', '-wal'] : ['', '-wal', '-shm'];",
    replace: "const parts = this.#isExclusive ? ['-wal'] : ['-wal', '-shm'];",
    does: 'A state that is removed under a running service acknowledges revocations that a restart does not have.',
    by: states,
  },
  {
    id: 'log-without-its-beginning',
    file: 'service/log/verify.ts',
    find: 'if (entries === 0) return anchor !== undefined || next === undefined || next === 1;',
    replace: 'if (entries === 0) return true;',
    does: 'A log whose first line states another number than 1 has a beginning.',
    by: logs,
    becameTest: true,
  },
  {
    id: 'any-first-link',
    file: 'service/log/verify.ts',
    find: 'const isLinked = link === last && isNext(place.number);',
    replace: 'const isLinked = (isFirst || link === last) && isNext(place.number);',
    does: 'A log whose earlier lines were removed verifies, if its first line was given the number 1.',
    by: logs,
  },
  {
    id: 'checkpoint-of-removed-lines',
    file: 'service/log/verify.ts',
    find: 'return of < first - 1 && of < latest && isOfLog(mark);',
    replace: 'return isOfLog(mark);',
    does: 'A log that was computed again verifies with its checkpoints, if an anchor is stated.',
    by: logs,
    becameTest: true,
  },
  {
    id: 'key-that-others-read',
    file: 'cli/commands/log/checkpoint-files.ts',
    find: '(mode & 0o077) !== 0',
    replace: '(mode & 0o007) !== 0',
    does: 'Checkpoints are signed with a key that the group of the agent can read.',
    by: logs,
  },
  {
    id: 'state-for-two-services',
    file: 'service/store/state-file.ts',
    find: "    if (this.#isExclusive) database.pragma('locking_mode = EXCLUSIVE');\n",
    replace: '',
    does: 'Two services start with one state, and undo the revocations of each other.',
    by: states,
  },
  {
    id: 'numbers-recorded-rounded',
    file: 'service/json/exact.ts',
    find: 'return longNumber.test(text) ? parse(text, null, { parseNumber: exactNumber }) : JSON.parse(text);',
    replace: 'return JSON.parse(text);',
    does: 'The log of a service states another amount than the one that was decided.',
    by: tests('recorded-numbers'),
  },
  {
    id: 'decisions-without-session-not-compared',
    file: 'testing/replay/decision-inputs.ts',
    find: 'const whole = known === undefined ? entry.request : changed(known, asking(query));',
    replace:
      "if (known === undefined) return 'unopened';\n    const whole = changed(known, asking(query));",
    does: 'A comparison on the log of a service compares no request, and finds no loosened decision.',
    by: tests('replayed-log', 'recorded-numbers'),
  },
  {
    id: 'expires-only-in-use',
    file: 'service/store/expiry.ts',
    find: '    clearInterval(timer);\n    expire();',
    replace: '    clearInterval(timer);',
    does: 'An approval that expired while nobody called is valid again after a restart with a slow clock.',
    by: states,
  },
  {
    id: 'separators-in-log',
    file: 'service/log/next-line.ts',
    find: 'const otherLineEnds = /[\\u0085\\u2028\\u2029]/g;',
    replace: 'const otherLineEnds = /\\u0085/g;',
    does: 'A caller ends a line of the log for some readers, with U+2028 in an argument.',
    by: logs,
  },
  {
    id: 'line-without-line-feed-dropped',
    file: 'service/log/end-of-log.ts',
    find: "if (line !== '' && (isEnded || isEntry(line))) yield { file, line };",
    replace: "if (line !== '' && isEnded) yield { file, line };",
    does: 'After a crash before the line feed of a line, the log is reported as changed, and no checkpoint is signed again.',
    by: logs,
  },
  {
    id: 'mark-of-another-log',
    file: 'service/log/verify.ts',
    find: 'return of < first - 1 && of < latest && isOfLog(mark);',
    replace: 'return of < first - 1 && of < latest;',
    does: 'A verification with an anchor ignores that the state is of another log.',
    by: logs,
  },
];
