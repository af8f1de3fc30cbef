// Implements `nhipol guard approve`: approves or refuses calls that wait for a person. Without an id, it shows all of them,
// and prompts for each on a terminal.

import { userInfo } from 'node:os';
import type { ApprovalRequest, Store } from '@nhipol/service';
import { displayText } from '../../../language/support/display.ts';
import { counted } from '../../../language/support/words.ts';
import { asking, Refused } from '../../io/ask.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { openState } from './open-state.ts';

export interface ApproveOptions {
  readonly refuse: boolean;
  /** Who approves; undefined: the user of the system. */
  readonly as?: string | undefined;
  readonly state?: string | undefined;
}

export async function approveCommand(
  id: string | undefined,
  options: ApproveOptions,
  console: Console,
): Promise<ExitCode> {
  const store = await openState(options.state);
  try {
    const pending = store.pending(Date.now());
    if (id !== undefined) {
      const request = pending.find((each) => each.id === id || each.id.startsWith(id));
      if (request === undefined) throw new UsageError(`no call ${id} waits for an approval`);
      answer(store, request, !options.refuse, options);
      await console.out(`${options.refuse ? 'refused' : 'approved'}: ${firstLine(request)}\n`);
      return exitCode.fine;
    }
    if (pending.length === 0) {
      await console.out('no call waits for an approval\n');
      return exitCode.fine;
    }
    if (console.answers) await askAbout(pending, store, options, console);
    else await console.out(pending.map(described).join('\n'));
    return exitCode.fine;
  } finally {
    store.close();
  }
}

async function askAbout(
  pending: readonly ApprovalRequest[],
  store: Store,
  options: ApproveOptions,
  console: Console,
): Promise<void> {
  let approved = 0;
  await asking(console, async (ask) => {
    for (const request of pending) {
      console.err(described(request));
      const isApproved = await ask('approve this call, once? (y/n) ', yesOrNo);
      answer(store, request, isApproved, options);
      if (isApproved) approved += 1;
    }
  });
  await console.out(`approved ${approved} of ${counted(pending.length, 'call')}\n`);
}

function yesOrNo(text: string): boolean | Refused {
  if (/^y(es)?$/i.test(text)) return true;
  return /^no?$/i.test(text) ? false : new Refused('answer y or n');
}

function answer(
  store: Store,
  { id, digest, expiresAt }: ApprovalRequest,
  isApproved: boolean,
  options: ApproveOptions,
): void {
  if (!isApproved) {
    store.refuse(id);
    return;
  }
  const approver = options.as ?? userInfo().username;
  const grantedAt = Date.now();
  store.approve({ id, digest, channel: 'terminal', approver, grantedAt, expiresAt });
}

/** The call comes from an agent: characters that change the terminal are not shown as they are. */
function described({ id, reason, summary, expiresAt }: ApprovalRequest): string {
  const lines = summary.split('\n').map((line) => `  ${displayText(line)}`);
  const end = new Date(expiresAt).toISOString();
  return `${id}\n  ${displayText(reason)}\n${lines.join('\n')}\n  until ${end}\n`;
}

function firstLine({ summary }: ApprovalRequest): string {
  return displayText(summary.split('\n')[0] ?? '');
}
