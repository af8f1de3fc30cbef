// The sessions that a console shows, as they are read, change and close.

import type { ServiceEvent, SessionState } from '@nhipol/service/client';
import { expect, test, vi } from 'vitest';
import { Feed, type ServiceState } from '../../web/console/state/feed.ts';
import type { ServiceApi } from '../../web/console/state/service-api.ts';

// The page is hidden, so that only the events of this test make the feed read.
vi.stubGlobal('document', { hidden: true });

const session = (id: string): SessionState =>
  ({ id, decision: true, context: {} }) as unknown as SessionState;

const connected: ServiceEvent = { kind: 'connected', sessions: 3 };

const createChange = (id: string): ServiceEvent => ({
  kind: 'changed',
  ...session(id),
  before: 'permit',
});

/** A service whose lists and events the test releases one at a time. */
class ScriptedService {
  readonly #events: ((event: ServiceEvent) => void)[] = [];
  readonly #lists: ((sessions: readonly SessionState[]) => void)[] = [];

  readonly api = {
    sessions: () => new Promise<readonly SessionState[]>((resolve) => this.#lists.push(resolve)),
    policy: async () => undefined,
    changes: () => this.#changes(),
  } as unknown as ServiceApi;

  async send(event: ServiceEvent): Promise<void> {
    await settle();
    this.#events.shift()?.(event);
    await settle();
  }

  async answer(...ids: readonly string[]): Promise<void> {
    await settle();
    this.#lists.shift()?.(ids.map(session));
    await settle();
  }

  async *#changes(): AsyncGenerator<ServiceEvent, void> {
    for (;;) yield await new Promise<ServiceEvent>((resolve) => this.#events.push(resolve));
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

test('a closed session leaves the list, also when an older response still has it', async () => {
  const service = new ScriptedService();
  let state: ServiceState | undefined;
  const feed = new Feed(service.api, (next) => {
    state = next;
  });
  const listSessions = async () => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return [...(state?.sessions.keys() ?? [])];
  };
  feed.start();
  try {
    await service.send(connected);
    await service.answer('a', 'b', 'c');
    expect(await listSessions()).toEqual(['a', 'b', 'c']);
    await service.send({ kind: 'closed', id: 'b' });
    expect(await listSessions()).toEqual(['a', 'c']);

    await service.send(connected);
    await service.send({ kind: 'closed', id: 'c' });
    await service.answer('a', 'c');
    expect(await listSessions()).toEqual(['a']);

    await service.send(createChange('c'));
    expect(await listSessions()).toEqual(['a', 'c']);
  } finally {
    feed.stop();
  }
});
