// The list of sessions, with filters by effect and id.

import { displayInstant, Effect } from '@nhipol/components';
import type { EffectName } from '@nhipol/runtime/abi';
import type { SessionState } from '@nhipol/service/client';
import { useState } from 'preact/hooks';
import { displayDuration } from '../state/duration.ts';
import { readEffect } from '../state/effect-of.ts';
import { isUndecided } from '../state/is-undecided.ts';
import { useNow } from '../state/use-now.ts';

export interface SessionListProps {
  readonly sessions: ReadonlyMap<string, SessionState>;
  /** The number of open sessions, or `undefined` if it is not known. */
  readonly open: number | undefined;
  readonly isRead: boolean;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

const effects: readonly EffectName[] = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];
/** More rows help nobody: the filters find a session. */
const maxRows = 200;

export function SessionList({ sessions, open = 0, isRead, chosen, onChoose }: SessionListProps) {
  const [effect, setEffect] = useState('');
  const [text, setText] = useState('');
  const now = useNow();
  const matchingSessions = [...sessions.values()].filter(
    (session) => (effect === '' || readEffect(session) === effect) && session.id.includes(text),
  );
  const isPartial = open > sessions.size;
  return (
    <section class="sessions" aria-label="Sessions">
      <div class="row">
        <label>
          Effect{' '}
          <select value={effect} onChange={({ currentTarget }) => setEffect(currentTarget.value)}>
            <option value="">all</option>
            {effects.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <label class="id-filter">
          Id{' '}
          <input
            type="text"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <span class="soft" role="status">
          {matchingSessions.length === sessions.size
            ? `${sessions.size} sessions`
            : `${matchingSessions.length} of ${sessions.size} sessions`}
        </span>
      </div>
      {isPartial && (
        <p class="note">
          {open} sessions are open. The list has the first {sessions.size} in the order of their
          ids; others can be read by their whole id.
        </p>
      )}
      {text !== '' && !sessions.has(text) && (
        <button type="button" onClick={() => onChoose(text)}>
          Read the session “{text}”
        </button>
      )}
      {isRead && sessions.size === 0 && <p class="soft">No session is open.</p>}
      {matchingSessions.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Session</th>
              <th scope="col">Effect</th>
              <th scope="col">Reasons</th>
              <th scope="col">Valid for</th>
            </tr>
          </thead>
          <tbody>
            {matchingSessions.slice(0, maxRows).map((session) => (
              <Row
                key={session.id}
                session={session}
                now={now}
                isChosen={session.id === chosen}
                onChoose={onChoose}
              />
            ))}
          </tbody>
        </table>
      )}
      {matchingSessions.length > maxRows && (
        <p class="soft">{matchingSessions.length - maxRows} more sessions</p>
      )}
    </section>
  );
}

interface RowProps {
  readonly session: SessionState;
  readonly now: number;
  readonly isChosen: boolean;
  readonly onChoose: (id: string) => void;
}

function Row({ session, now, isChosen, onChoose }: RowProps) {
  const { id, context } = session;
  const { reasons = [], valid_until: end } = context;
  const isFresh = isUndecided(session);
  const isRevoked = readEffect(session) === 'revoke';
  return (
    <tr class={isChosen ? 'chosen' : ''}>
      <th scope="row">
        <button type="button" class="link" aria-current={isChosen} onClick={() => onChoose(id)}>
          {id}
        </button>
      </th>
      <td>
        {isFresh ? (
          <span class="soft">no decision yet</span>
        ) : (
          <Effect effect={readEffect(session)} />
        )}
      </td>
      <td class="reasons">
        {!isFresh && reasons.map((reason) => <code key={reason}>{reason}</code>)}
      </td>
      <td>
        {end === undefined ? (
          <span class="soft">{isRevoked ? 'final' : 'until a change'}</span>
        ) : (
          <time dateTime={end} title={displayInstant(end)}>
            {displayDuration(Date.parse(end) - now)}
          </time>
        )}
      </td>
    </tr>
  );
}
