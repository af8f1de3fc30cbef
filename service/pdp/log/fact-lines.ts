// The log lines of changed facts: one for all changes of a session since its latest line, so that the log has what the next
// decision is made with.

import { stringify } from '@nhipol/runtime';
import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import type { LineWriter } from './decision-lines.ts';

export interface FactLinesOptions {
  readonly lines: LineWriter;
  readonly policy: () => PolicyModule;
  /** The facts of a session; empty if no such session is open. */
  readonly request: (id: string) => Members;
}

interface Pending {
  /** Whose change is the latest. */
  readonly by: string;
  /** The visible facts before the first change. */
  readonly before: Members;
}

export class FactLines {
  readonly #options: FactLinesOptions;
  readonly #pending = new Map<string, Pending>();

  constructor(options: FactLinesOptions) {
    this.#options = options;
  }

  /** The facts of a session are about to change. */
  note(by: string, id: string): void {
    if (!this.#options.lines.isLogging) return;
    const before = this.#pending.get(id)?.before ?? this.#visible(id);
    this.#pending.set(id, { by, before });
  }

  /** Writes the line of a session whose facts changed: the parts of its request that are other ones, each as a whole. */
  write(id: string): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    const { by, before } = pending;
    const parts = Object.entries(this.#visible(id)).filter(
      ([name, part]) => stringify(part) !== stringify(before[name] ?? null),
    );
    if (parts.length > 0) this.#options.lines.logChange(by, id, Object.fromEntries(parts));
  }

  /** The session is no longer open. */
  forget(id: string): void {
    this.#pending.delete(id);
  }

  #visible(id: string): Members {
    const { policy, request } = this.#options;
    return policy().declared.visible(request(id));
  }
}
