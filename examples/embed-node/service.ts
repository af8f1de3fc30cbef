// A service that lets an agent work, one session for each piece of work. The policy's module and a clock come
// in, lines that tell what happened go out. Each call of a tool is decided in the session; a signal may end the
// session at any time, and the call that is under way with it.

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
  const say = (what: string) => print(`${timeOf(clock.now())}  ${what}`);
  const sessions = createSessions(policy, { clock });
  const id = 'work-1';

  // What is known of the agent when its work begins. Nothing is decided yet.
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

  // Told without being asked, when an answer becomes another by a signal, a fact or time.
  sessions.on('revoked', ({ answer }) => say(`the session is revoked: ${why(answer)}`));

  // Somebody else's matter: whoever receives shared signals finds the session that one is about.
  const callOff = clock.at(clock.now() + 30_000, () => {
    say('an administrator ends the session');
    session.record('session-revoked', { initiating_entity: 'admin' });
  });

  const host = {
    // A decision is part of what happened, so it is asked for right before the step, and each time.
    ask: ({ tool, on }: Step) => {
      const answer = session.decide({ action: { name: tool }, resource: on });
      say(`${tool} ${on.id}: ${answer.effect}, ${why(answer)}`);
      return answer.decision;
    },
    forgot: () => {
      say('the agent restarts with an empty context');
      session.record('context-cleared');
    },
    // A tool that takes long is given what stops it, as `fetch` would be.
    call: ({ takes }: Step, stop: AbortSignal) => clock.sleep(takes, stop),
  };

  try {
    await work(steps, host, session.signal);
    say('the agent is done');
  } catch (error) {
    if (!session.signal.aborted) throw error;
    say('the agent has stopped');
    // An end is an end: whatever is asked of the session, the answer stays the same.
    const answer = session.decide();
    say(`requested again: ${answer.effect}, ${why(answer)}`);
  } finally {
    callOff();
    sessions.end();
  }
}

function why({ reasonDetails }: Answer): string {
  return reasonDetails
    .map(({ id, message }) => (message === undefined ? id : `${id} (${message})`))
    .join(', ');
}

function timeOf(instant: number): string {
  return new Date(instant).toISOString().slice(11, 19);
}
