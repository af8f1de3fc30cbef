// The page: the policies, the list of sessions, and one session next to it; on a narrow screen, one of both.

import { Scheme } from '@nhipol/components';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { KeyForm } from './panels/key-form.tsx';
import { PolicyPanel } from './panels/policy.tsx';
import { SessionDetailsPanel } from './panels/session.tsx';
import { SessionList } from './panels/session-list.tsx';
import { readEffect } from './state/effect-of.ts';
import { Feed, noState, type ServiceState } from './state/feed.ts';
import { ServiceApi } from './state/service-api.ts';
import { useFragment } from './state/use-fragment.ts';
import { toVisibleText } from './state/visible-text.ts';

/** `url`: the service. */
export function ConsoleApp({ url }: { readonly url: string }) {
  // An object, so that the same key can be tried again.
  const [given, setGiven] = useState<{ readonly key: string }>();
  const [state, setState] = useState<ServiceState>(noState);
  const [chosen, choose] = useFragment();
  const api = useMemo(() => new ServiceApi(url, given?.key), [url, given]);
  const feed = useMemo(() => new Feed(api, setState), [api]);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  const tryKey = (key: string) => {
    setState(noState);
    setGiven({ key });
  };
  const refresh = useCallback(() => feed.refresh(), [feed]);
  const { sessions, policy, latest, problem, isKeyRequired, isRead } = state;
  const { name } = policy?.active ?? {};
  useEffect(() => {
    document.title =
      name === undefined ? 'nhipol console' : `${toVisibleText(name)} – nhipol console`;
  }, [name]);
  return (
    <>
      <header class="bar">
        <h1>
          nhipol <span class="soft">console</span>
        </h1>
        <span class="soft latest" role="status">
          {latest !== undefined && `${latest.id}: ${latest.before} → ${readEffect(latest)}`}
        </span>
        <Scheme />
      </header>
      {isKeyRequired ? (
        <KeyForm isRefused={given !== undefined} onKey={tryKey} />
      ) : (
        <>
          {problem !== undefined && (
            <p class="note notice" role="alert">
              {problem}
            </p>
          )}
          {policy !== undefined && <PolicyPanel api={api} policy={policy} onActivated={refresh} />}
          <main class={chosen === undefined ? 'no-session' : 'with-session'}>
            <SessionList
              sessions={sessions}
              open={policy?.sessions}
              isRead={isRead}
              chosen={chosen}
              onChoose={choose}
            />
            {chosen !== undefined && (
              <SessionDetailsPanel
                key={chosen}
                api={api}
                id={chosen}
                listed={sessions.get(chosen) ?? (latest?.id === chosen ? latest : undefined)}
                moments={feed.listMoments(chosen)}
                onClose={() => choose(undefined)}
              />
            )}
          </main>
        </>
      )}
    </>
  );
}
