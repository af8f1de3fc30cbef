// The log lines of events of sessions: one for each, or lines for all earlier events about the subject of a session that is
// opened or changed, however many are remembered.

import type { RecordedEvent } from '../../engine/logged-event.ts';
import type { LineWriter } from './decision-lines.ts';

export class EventLines {
  readonly #lines: LineWriter;
  /** The events of sessions whose lines are written later, by who caused them. */
  readonly #gathered = new Map<string, Map<string, RecordedEvent[]>>();

  constructor(lines: LineWriter) {
    this.#lines = lines;
  }

  /** The events of a session are written together from now on, by the next `write`. */
  gather(id: string): void {
    if (this.#lines.isLogging) this.#gathered.set(id, new Map());
  }

  isGathering(id: string): boolean {
    return this.#gathered.has(id);
  }

  add(by: string, id: string, event: RecordedEvent): void {
    const gathered = this.#gathered.get(id);
    if (gathered === undefined) {
      this.#lines.logEvent(by, id, event);
      return;
    }
    const events = gathered.get(by);
    if (events === undefined) gathered.set(by, [event]);
    else events.push(event);
  }

  write(id: string): void {
    const gathered = this.#gathered.get(id);
    this.#gathered.delete(id);
    for (const [by, events] of gathered ?? []) this.#lines.logEvents(by, id, events);
  }

  /** The session is no longer open. */
  forget(id: string): void {
    this.#gathered.delete(id);
  }
}
