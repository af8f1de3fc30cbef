// A fake agent. It works through its steps, asks before each whether it may, and stops where it is when it is
// told to. It knows nothing of policies: that is the service's matter.

export interface Step {
  readonly tool: string;
  readonly on: { readonly type: string; readonly id: string; readonly properties: object };
  /** How long the tool takes, in milliseconds. */
  readonly takes: number;
}

export interface Host {
  /** Whether the step may be taken, now. */
  readonly ask: (step: Step) => boolean;
  /** The agent has forgotten all that it has read. */
  readonly forgot: () => void;
  readonly call: (step: Step, stop: AbortSignal) => Promise<void>;
}

/** Rejects when it is stopped. */
export async function work(steps: readonly Step[], host: Host, stop: AbortSignal): Promise<void> {
  for (const step of steps) {
    stop.throwIfAborted();
    if (!host.ask(step)) {
      // Refused: it begins anew, with what it was asked to do and nothing else, and tries once more.
      host.forgot();
      if (!host.ask(step)) continue;
    }
    await host.call(step, stop);
  }
}

export const steps: readonly Step[] = [
  {
    tool: 'records.read',
    on: { type: 'record', id: 'order-4711', properties: { sensitivity: 'confidential' } },
    takes: 2_000,
  },
  {
    tool: 'web.fetch',
    on: { type: 'page', id: 'news.example/today', properties: { domain: 'news.example' } },
    takes: 3_000,
  },
  {
    tool: 'email.send',
    on: { type: 'message', id: 'kim@customer.example', properties: { domain: 'customer.example' } },
    takes: 1_000,
  },
  {
    tool: 'records.read',
    on: { type: 'record', id: 'archive-2025', properties: { sensitivity: 'internal' } },
    takes: 60_000,
  },
  {
    tool: 'email.send',
    on: { type: 'message', id: 'lee@acme.example', properties: { domain: 'acme.example' } },
    takes: 1_000,
  },
];
