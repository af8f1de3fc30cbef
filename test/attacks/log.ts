import type { AttackRows } from './row.ts';

export const logAttacks = {
  'log-permit-after-revocation': {
    attack: 'A session is revoked or closed while a decision in it, which permits, is being stored',
    result:
      'the caller gets the revocation, and no line after that of the revocation says that the session was permitted something',
  },
  'log-terminal-text': {
    attack:
      'A tool, a reason, a session, a policy or an approver has terminal commands and line breaks in its name',
    result: '`nhipol log tail` shows them as `\\u{…}`, each entry on one line',
  },
  'log-file-gone': {
    attack: 'The log is removed, truncated, replaced, linked away or extended while it is written',
    result:
      'No line is acknowledged that is not in the file of that name, and nothing is permitted',
  },
  'log-folder-gone': {
    attack: 'The folder of the log is replaced while the log is written',
    result: 'Nothing is permitted until it is back',
  },
  'log-symlink': {
    attack: 'The log is a symbolic link, to `/dev/null` for instance, when a guard starts',
    result: 'The guard does not start',
  },
  'log-second-writer': {
    attack: 'A second guard of the same process, or by a hard link, writes the same log',
    result: 'It is refused with `ELOCKED`',
  },
  'log-service-unready': {
    attack: 'The log of a service without requests is removed',
    result: '`/readyz` is 503, evaluations are denied with `log_unavailable`',
  },
  'log-beginning': {
    attack: 'Lines at the beginning of a log, or its oldest files, are removed',
    result:
      '`nhipol log verify`, `simulate`, `diff` and `guard learn` report it, unless `--anchor` names the last line that was removed',
  },
  'log-emptied': {
    attack: 'The log is emptied, removed, shortened or replaced by another one while no guard runs',
    result:
      '`nhipol log verify --state` reports it; the next guard warns, and its first line shows the gap',
  },
  'log-computed-again': {
    attack:
      'All lines of a log are changed and their digests computed again, or its end is cut off',
    result:
      '`nhipol log verify --checkpoints` reports it; without checkpoints it says that this would not be noticed',
  },
  'log-checkpoint-key': {
    attack: 'The key of checkpoints can be read by others, or a checkpoint has another signature',
    result: 'The key is refused; the checkpoint is reported',
  },
  'state-folder-gone': {
    attack:
      'The whole folder of the state is removed before a guard or daemon with a log starts, so that nothing is revoked any more',
    result:
      'It does not start: the log was written with a state; a person moves the log to begin with a new one',
  },
  'state-gone': {
    attack: 'The state is removed, truncated, replaced or linked away under a running service',
    result:
      'No revoke is acknowledged that a restart does not have; `/readyz` is 503, and decisions in sessions are denied with `state_unavailable`',
  },
  'state-wal-gone': {
    attack:
      'The write-ahead log of the state is removed, while the service runs or after it was killed',
    result: 'Changes fail; the service does not start without it',
  },
  'state-wal-gone-guard': {
    attack:
      'The write-ahead log of the state of a guard is removed after the guard was killed, or the database is copied without it',
    result:
      'What reads the state next has all changes, or does not start: a file next to it counts them',
  },
  'state-second-process': {
    attack: 'A second service starts with the same state, by a symbolic or hard link too',
    result: 'It does not start, and names the process that has the state',
  },
  'state-read-as-new': {
    attack: 'The state is removed, emptied, damaged or replaced by another database before a start',
    result: 'It is refused with a way out, and never created again silently',
  },
  'state-slow-clock': {
    attack: 'An approval expires while nobody calls, and the next process has a slow clock',
    result: 'The approval stays expired: a running process marks it each second, and when it ends',
  },
  'state-gone-guard': {
    attack: 'The state is removed under a running guard, and `nhipol guard revoke` follows',
    result:
      'The guard denies everything; a guard that starts later has the revocation, or does not start',
  },
  'log-line-separators': {
    attack: 'A caller sends U+2028, U+2029 or U+0085 in an argument, where some readers end a line',
    result:
      'They are escaped in the log, and `nhipol log verify` and `checkpoint` end lines at line feeds only, also in logs of earlier versions',
  },
  'log-torn-line': {
    attack: 'A process is killed while it writes a line, after any of its bytes',
    result:
      'The line is reported as incomplete, or is complete if only its line feed is missing; the chain continues, and checkpoints are signed',
  },
  'log-state-elsewhere': {
    attack: 'A log that lost its end is verified at another path than it was written at',
    result:
      'The state knows it by its id, and it is reported; a `--state` that does not know the log is exit code 2',
  },
  'log-marks-of-another': {
    attack:
      'The state or the checkpoints are replaced by those of another log, or of lines before the anchor',
    result:
      'Those of another log are reported as a problem, and those before the anchor as not compared',
  },
  'log-other-bytes': {
    attack: 'Bytes of a line are replaced by others that decode to the same text, or CR is added',
    result: '`nhipol log verify` compares bytes, and reports it',
  },
  'log-empty-lines': {
    attack: 'Empty lines are put between the lines of a log',
    result:
      '`nhipol log verify` reports each, as it does any line that is not an entry; `simulate`, `diff` and `guard learn` use nothing of the log',
  },
  'log-endless': {
    attack: 'A log is replaced by a link to a device that never ends before it is verified',
    result: '`nhipol log verify` refuses to read a device',
  },
  'log-rotated-name': {
    attack: 'A file with a number of 24 digits after the name of the log is put next to it',
    result: 'It is not a file of the log, and rotation loses no line',
  },
  'log-rounded-numbers': {
    attack:
      'A caller of a service sends numbers that a double does not represent, alone, in a session, in facts and in events',
    result:
      'The log, what is sent to a collector, and each replay have the digits that were decided',
  },
  'log-compared-nothing': {
    attack:
      'A policy that permits more is compared on the log of a service without sessions, or on a log whose beginning was moved away',
    result:
      '`nhipol diff --requests` compares every decision by its own request, and a comparison of none is exit code 2',
  },
  'log-two-guards': {
    attack:
      'A client starts a second guard with the log of a running one, and shows no standard error',
    result:
      'The second guard refuses the first request of its client with the reason, and ends with exit code 2',
  },
  'log-shortened-before-sending': {
    attack:
      'The end of the log is removed after it was sent to a collector, so that new lines are where the old ones were',
    result: 'The file is sent again from its beginning, with a warning: each new line arrives',
  },
  'log-decided-facts': {
    attack: 'Facts of a session are changed while a decision in it is stored',
    result:
      'the line of the decision has the facts with which it was decided, and those that only the session has',
  },
  'log-line-refused': {
    attack:
      'A caller makes a line that the collector of the log refuses, so that it gets no later ones',
    result:
      'the line is skipped as soon as the collector accepts another one, reported, and stays in the file; a collector that refuses every line loses none',
  },
  'log-lines-refused': {
    attack:
      'A caller makes more than 20 lines in a row that the collector of the log refuses, where the collector also refuses what is old or what it has, or has accepted none yet',
    result:
      'another line that is accepted shows that these lines are at fault: they are skipped and reported, and all others arrive once',
  },
  'log-changed-facts': {
    attack:
      'A caller changes facts of its session so that no answer changes yet, and then acts with them',
    result:
      'The change has a line of its own, with masks instead of secret values; `nhipol simulate` and `diff --requests` decide with it',
  },
  'log-contradicted-effect': {
    attack:
      'The effect of a decision is changed in the log of a service, and all digests are computed again',
    result: '`nhipol simulate` and `diff --requests` with the policy that decided report the line',
  },
} as const satisfies AttackRows;
