// A service that runs an agent, with one session for each piece of work. It prints a line for each event.
// Each tool call is decided in the session. A signal can end the
// session at any time, which also aborts a call in progress.

import { type Answer, type Clock, createSessions, type Policy } from '@nhipol/runtime';
import { type Step, steps, work } from './agent.ts';

interface Story extends Clock {
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export async function serve(
  policy: Policy,
  clock: Story,
  print: (line: string) => void,
): Promise<void> {
  const log = (event: string) => print(`${formatTime(clock.now())}  ${event}`);
  const sessions = createSessions(policy, { clock });
  const id = 'work-1';

  // Opens the session with the facts that are known at the start. This is not a decision.
  const session = sessions.open(id, {
    subject: {
      type: 'ai_agent',
      id: 'agent:assistant-7',
      properties: { credential: { expires_at: '2026-03-03T12:00:00Z' } },
    },
    action: { name: 'start' },
    resource: { type: 'work', id },
    context: { time: new Date(clock.now()).toISOString() },
  });

  // Called without a query if a signal, a fact or time changes the answer.
  sessions.on('revoked', ({ answer }) => log(`the session is revoked: ${formatReasons(answer)}`));

  // In a real service, the receiver of shared signals finds the session that a signal is about.
  const cancel = clock.at(clock.now() + 30_000, () => {
    log('an administrator ends the session');
    session.record('session-revoked', { initiating_entity: 'admin' });
  });

  const host = {
    // A decision is recorded in the history, so it is requested immediately before each step.
    isPermitted: ({ tool, on }: Step) => {
      const answer = session.decide({ action: { name: tool }, resource: on });
      log(`${tool} ${on.id}: ${answer.effect}, ${formatReasons(answer)}`);
      return answer.decision;
    },
    contextCleared: () => {
      log('the agent restarts with an empty context');
      session.record('context-cleared');
    },
    // A slow tool gets an abort signal, like `fetch`.
    call: ({ milliseconds }: Step, stop: AbortSignal) => clock.sleep(milliseconds, stop),
  };

  try {
    await work(steps, host, session.signal);
    log('the agent is done');
  } catch (error) {
    if (!session.signal.aborted) throw error;
    log('the agent has stopped');
    // A revoked session always returns the same answer.
    const answer = session.decide();
    log(`requested again: ${answer.effect}, ${formatReasons(answer)}`);
  } finally {
    cancel();
    sessions.end();
  }
}

function formatReasons({ reasonDetails }: Answer): string {
  return reasonDetails
    .map(({ id, message }) => (message === undefined ? id : `${id} (${message})`))
    .join(', ');
}

function formatTime(instant: number): string {
  return new Date(instant).toISOString().slice(11, 19);
}
