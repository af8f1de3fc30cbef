// One session: its latest decision with an explanation, the states that this page saw, and its facts.

import { AnswerLine, ResponseText, Scrollable, SessionTimeline } from '@nhipol/components';
import type { SessionDetails, SessionState } from '@nhipol/service/client';
import { useEffect, useState } from 'preact/hooks';
import { readEffect } from '../state/effect-of.ts';
import type { SessionMoment } from '../state/history.ts';
import { isUndecided } from '../state/is-undecided.ts';
import type { ServiceApi } from '../state/service-api.ts';
import { ExplanationView } from './explanation.tsx';

export interface SessionPanelProps {
  readonly api: ServiceApi;
  readonly id: string;
  /** Its state in the list, which is replaced whenever it was read or changed. */
  readonly listed: SessionState | undefined;
  readonly moments: readonly SessionMoment[];
  readonly onClose: () => void;
}

export function SessionDetailsPanel({ api, id, listed, moments, onClose }: SessionPanelProps) {
  const [details, setDetails] = useState<SessionDetails>();
  const [problem, setProblem] = useState<string>();
  const [past, setPast] = useState<SessionMoment>();
  useEffect(() => {
    let isLatest = true;
    api.session(id).then(
      (read) => {
        if (!isLatest) return;
        setDetails(read);
        setProblem(undefined);
      },
      (error: Error) => isLatest && setProblem(error.message),
    );
    return () => {
      isLatest = false;
    };
  }, [api, id, listed]);
  const chosen = past === undefined ? -1 : moments.indexOf(past);
  const shown = chosen < 0 ? details : moments[chosen]?.state;
  return (
    <section class="session" aria-label="Session">
      <div class="row title">
        <h2>{id}</h2>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      {problem !== undefined && <p class="note">{problem}</p>}
      {moments.length > 1 && (
        <SessionTimeline
          parts={moments.map(({ at, state }) => ({
            title: formatClock(at),
            effect: readEffect(state),
          }))}
          chosen={chosen < 0 ? moments.length - 1 : chosen}
          onChoose={(index) => setPast(index === moments.length - 1 ? undefined : moments[index])}
        />
      )}
      {shown !== undefined && details !== undefined && (
        <>
          {isUndecided(shown) ? (
            <p class="answer" role="status">
              No decision yet: the session was opened without an action.
            </p>
          ) : (
            <>
              <AnswerLine
                answer={{
                  effect: readEffect(shown),
                  reasons: shown.context.reasons ?? [],
                  validUntil: shown.context.valid_until,
                }}
              />
              {readEffect(shown) === 'revoke' && (
                <p class="note">
                  This is final: no fact, signal or policy makes the session active again. Its
                  identity needs a new session with another id.
                </p>
              )}
              <ExplanationView context={shown.context} facts={details.facts} />
            </>
          )}
          <ResponseText
            text={JSON.stringify({ decision: shown.decision, context: shown.context }, null, 2)}
          />
          <h3>Facts</h3>
          <Scrollable label="Facts" class="response">
            <pre>
              <code>{JSON.stringify(details.facts, null, 2)}</code>
            </pre>
          </Scrollable>
        </>
      )}
    </section>
  );
}

/** `10:05:00`, UTC like all instants of the page. */
function formatClock(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
