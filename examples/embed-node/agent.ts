// A simulated agent. It performs its steps, requests a decision before each, and stops immediately when it is
// aborted. It does not know the policy, which the service enforces.

export interface Step {
  readonly tool: string;
  readonly on: { readonly type: string; readonly id: string; readonly properties: object };
  /** The duration of the call in milliseconds. */
  readonly milliseconds: number;
}

export interface Host {
  /** Returns true if the step is permitted now. */
  readonly isPermitted: (step: Step) => boolean;
  /** Reports that the agent has cleared its context. */
  readonly contextCleared: () => void;
  readonly call: (step: Step, stop: AbortSignal) => Promise<void>;
}

/** Performs the steps. Rejects if it is aborted. */
export async function work(steps: readonly Step[], host: Host, stop: AbortSignal): Promise<void> {
  for (const step of steps) {
    stop.throwIfAborted();
    if (!host.isPermitted(step)) {
      // A denied step: the agent restarts with only its task in the context, and tries again.
      host.contextCleared();
      if (!host.isPermitted(step)) continue;
    }
    await host.call(step, stop);
  }
}

export const steps: readonly Step[] = [
  {
    tool: 'records.read',
    on: { type: 'record', id: 'order-4711', properties: { sensitivity: 'confidential' } },
    milliseconds: 2_000,
  },
  {
    tool: 'web.fetch',
    on: { type: 'page', id: 'news.example/today', properties: { domain: 'news.example' } },
    milliseconds: 3_000,
  },
  {
    tool: 'email.send',
    on: { type: 'message', id: 'kim@customer.example', properties: { domain: 'customer.example' } },
    milliseconds: 1_000,
  },
  {
    tool: 'records.read',
    on: { type: 'record', id: 'archive-2025', properties: { sensitivity: 'internal' } },
    milliseconds: 60_000,
  },
  {
    tool: 'email.send',
    on: { type: 'message', id: 'lee@acme.example', properties: { domain: 'acme.example' } },
    milliseconds: 1_000,
  },
];
