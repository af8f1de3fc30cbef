// Implements `nhipol guard approve`: approves or refuses calls that wait for a person, who sees the whole call first.
// Without an id, it shows all of them, and prompts for each on a terminal.

import { userInfo } from 'node:os';
import { displayText, pluralize } from '@nhipol/language/support';
import type { ApprovalRequest, Store } from '@nhipol/service';
import { type AskQuestion, InvalidReply, runConversation } from '../../../io/ask.ts';
import type { Console } from '../../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../../io/exit-codes.ts';
import { openState } from '../state/open-state.ts';

export interface ApproveOptions {
  readonly refuse: boolean;
  /** The digest of the call, which is then approved without a prompt. */
  readonly yes?: string | undefined;
  /** Who approves, or `undefined` for the user of the system. */
  readonly as?: string | undefined;
  readonly state?: string | undefined;
}

/** The number of lines that a terminal shows before it waits for the person. */
const pageLines = 40;
/** The shortest line, in characters. */
const minWidth = 20;

export async function approveCommand(
  id: string | undefined,
  options: ApproveOptions,
  console: Console,
): Promise<ExitCode> {
  const store = await openState(options, (text) => console.notify('nhipol guard', text));
  try {
    const pending = store.pending(Date.now());
    if (id !== undefined) return await answerOne(findRequest(pending, id), store, options, console);
    if (options.refuse || options.yes !== undefined) {
      throw new UsageError('expected the id of a call');
    }
    if (pending.length === 0) {
      await console.out('no call waits for an approval\n');
      return exitCode.fine;
    }
    if (console.answers) await askPending(pending, store, options, console);
    else {
      const calls = pending.map((request) => `${describe(request, Infinity).join('\n')}\n`);
      await console.out(calls.join('\n'));
    }
    return exitCode.fine;
  } finally {
    store.close();
  }
}

/** Throws if the id, or its first characters, do not identify exactly one call. */
function findRequest(pending: readonly ApprovalRequest[], id: string): ApprovalRequest {
  if (id === '') throw new UsageError('expected the id of a call, found an empty one');
  const exact = pending.find((request) => request.id === id);
  const approvalRequests =
    exact === undefined
      ? pending.filter((approvalRequest) => approvalRequest.id.startsWith(id))
      : [exact];
  const [request, ...others] = approvalRequests;
  if (request === undefined) throw new UsageError(`no call ${id} waits for an approval`);
  if (others.length === 0) return request;
  const candidates = approvalRequests
    .map((approvalRequest) => `\n  ${approvalRequest.id} ${formatTitle(approvalRequest)}`)
    .join('');
  throw new UsageError(
    `the ids of ${approvalRequests.length} calls begin with ${id}:${candidates}`,
  );
}

async function answerOne(
  request: ApprovalRequest,
  store: Store,
  options: ApproveOptions,
  console: Console,
): Promise<ExitCode> {
  const { yes: digest, refuse } = options;
  let isApproved = !refuse;
  if (!refuse && digest !== undefined) {
    if (digest !== request.digest) {
      throw new UsageError(`the digest of call ${request.id} is another one`);
    }
  } else if (!refuse) {
    if (!console.answers) {
      throw new UsageError(
        'to approve a call, use a terminal, or --yes with the digest that `nhipol guard approve` shows',
      );
    }
    isApproved = await runConversation(console, (ask) => askApproval(request, ask, console));
  }
  answer(store, request, isApproved, options);
  await console.out(`${isApproved ? 'approved' : 'refused'}: ${formatTitle(request)}\n`);
  return exitCode.fine;
}

async function askPending(
  pending: readonly ApprovalRequest[],
  store: Store,
  options: ApproveOptions,
  console: Console,
): Promise<void> {
  let approved = 0;
  await runConversation(console, async (ask) => {
    for (const request of pending) {
      const isApproved = await askApproval(request, ask, console);
      answer(store, request, isApproved, options);
      if (isApproved) approved += 1;
    }
  });
  await console.out(`approved ${approved} of ${pluralize(pending.length, 'call')}\n`);
}

/** Shows the whole call, page by page, and prompts after the last one. */
async function askApproval(
  request: ApprovalRequest,
  ask: AskQuestion,
  console: Console,
): Promise<boolean> {
  const lines = describe(request, Math.max(console.width, minWidth));
  for (let index = 0; index < lines.length; index += pageLines) {
    const page = lines.slice(index, index + pageLines);
    console.err(page.map((line) => `${line}\n`).join(''));
    const rest = lines.length - index - page.length;
    if (rest <= 0) break;
    const question = `${pluralize(rest, 'more line')}: press Enter to go on, or type n to refuse `;
    const goesOn = await ask(question, (text) => (text === '' ? true : parseRefusal(text)));
    if (!goesOn) return false;
  }
  return ask('approve this call, once? (y/n) ', parseYesOrNo);
}

function parseRefusal(text: string): false | InvalidReply {
  return /^no?$/i.test(text) ? false : new InvalidReply('press Enter, or type n');
}

function parseYesOrNo(text: string): boolean | InvalidReply {
  if (/^y(es)?$/i.test(text)) return true;
  return /^no?$/i.test(text) ? false : new InvalidReply('answer y or n');
}

/** Throws if the call was answered by somebody else in the meantime, or has expired. */
function answer(
  store: Store,
  { id, digest, expiresAt }: ApprovalRequest,
  isApproved: boolean,
  options: ApproveOptions,
): void {
  const approver = options.as ?? userInfo().username;
  const approval = { id, digest, channel: 'terminal', approver, grantedAt: Date.now() } as const;
  const isAnswered = isApproved
    ? store.approveRequest({ ...approval, expiresAt })
    : store.refuse(id);
  if (!isAnswered) {
    throw new UsageError(`call ${id} no longer waits: it was answered, or has expired`);
  }
}

/** The call as lines of at most `width` characters. It comes from an agent: nothing in it may change the terminal. */
function describe(
  { id, digest, reason, summary, expiresAt }: ApprovalRequest,
  width: number,
): readonly string[] {
  const end = new Date(expiresAt).toISOString();
  const lines = [reason, ...summary.split('\n'), `digest ${digest}`, `until ${end}`];
  const shown = lines.flatMap((line) => wrapLine(displayText(line), width - indent.length));
  return [id, ...shown.map((line) => `${indent}${line}`)];
}

const indent = '  ';

function wrapLine(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const characters = [...line];
  const count = Math.ceil(characters.length / width);
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * width, (index + 1) * width).join(''),
  );
}

function formatTitle({ summary }: ApprovalRequest): string {
  return displayText(summary.split('\n')[0] ?? '');
}
