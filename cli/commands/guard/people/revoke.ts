// Implements `nhipol guard revoke`: revokes a subject, at one server or everywhere. Guards that run stop at once, and
// those that start later refuse.

import { displayText } from '@nhipol/language/support';
import type { Revocation } from '@nhipol/service';
import type { Console } from '../../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../../io/exit-codes.ts';
import { openState } from '../state/open-state.ts';
import { parseSubject } from './subject.ts';

export interface RevokeOptions {
  readonly server?: string | undefined;
  readonly because?: string | undefined;
  /** Whether the revocation is lifted. */
  readonly lift: boolean;
  readonly state?: string | undefined;
}

export async function revokeCommand(
  subject: string | undefined,
  options: RevokeOptions,
  console: Console,
): Promise<ExitCode> {
  const store = await openState(options, (text) => console.notify('nhipol guard', text));
  try {
    if (subject === undefined) {
      const lines = store.revocations().map((revocation) => `${describeRevocation(revocation)}\n`);
      await console.out(lines.length === 0 ? 'nobody is revoked\n' : lines.join(''));
      return exitCode.fine;
    }
    const { type, id } = parseSubject(subject);
    const scope = { subjectType: type, subjectId: id, server: options.server };
    const place = options.server === undefined ? 'at all servers' : `at ${options.server}`;
    if (options.lift) {
      if (!store.lift(scope)) throw new UsageError(`${subject} is not revoked ${place}`);
      await console.out(
        `lifted: ${subject} ${place}; guards that run refuse it until they are started again\n`,
      );
      return exitCode.fine;
    }
    const message = options.because ?? 'access was revoked by an operator';
    store.revoke({ ...scope, at: Date.now(), reasons: ['revoked_by_operator'], message });
    await console.out(`revoked: ${subject} ${place}\n`);
    return exitCode.fine;
  } finally {
    store.close();
  }
}

function describeRevocation({
  subjectType,
  subjectId,
  server,
  at,
  message,
  reasons,
}: Revocation): string {
  const place = server === undefined ? 'at all servers' : `at ${server}`;
  const why = displayText(message ?? reasons.join(', '));
  const subject = displayText(`${subjectType}:${subjectId}`);
  return `${new Date(at).toISOString()} ${subject} ${place}: ${why}`;
}
