// Which facts of sessions came from which instant, so that events that arrive late or again never undo newer ones. Two
// events of the same instant that contradict each other leave a fact unknown, which can only restrict.

import { isMembers, type Members } from '../../json/members.ts';

interface Known {
  readonly time: number;
  /** The JSON of the value; undefined: events of this instant contradict each other. */
  readonly text: string | undefined;
}

/** Where a fact is in a request, and its value. */
export type Path = readonly string[];
export type Leaf = readonly [path: Path, value: unknown];

export interface Selected {
  /** The facts that are changed. */
  readonly changed: readonly Leaf[];
  /** Those of them about which events of the same instant say different things. */
  readonly contradicted: readonly Path[];
  /** Remembers the facts, after they were changed. */
  readonly keep: () => void;
}

export class FactTimes {
  readonly #sessions = new Map<string, Map<string, Known>>();

  delete(id: string): void {
    this.#sessions.delete(id);
  }

  /** The part of the facts of an event that is newer than what is known. */
  select(id: string, facts: Members, time: number): Selected {
    const known = this.#sessions.get(id) ?? new Map<string, Known>();
    const changed: Leaf[] = [];
    const contradicted: Path[] = [];
    const next: [string, Known][] = [];
    for (const [path, value] of leavesOf(facts, [])) {
      const name = JSON.stringify(path);
      const text = JSON.stringify(value);
      const before = known.get(name);
      if (before !== undefined && (time < before.time || isSame(before, time, text))) continue;
      const isTie = before?.time === time;
      changed.push([path, value]);
      if (isTie) contradicted.push(path);
      next.push([name, { time, text: isTie ? undefined : text }]);
    }
    return {
      ...{ changed, contradicted },
      keep: () => {
        for (const [name, each] of next) known.set(name, each);
        this.#sessions.set(id, known);
      },
    };
  }
}

function isSame(before: Known, time: number, text: string): boolean {
  return before.time === time && before.text === text;
}

/** The newest event of a kind is a fact as a whole. */
function isWhole([first, second]: Path, depth: number): boolean {
  return first === 'context' && second === 'events' && depth === 3;
}

function* leavesOf(value: unknown, path: Path): Iterable<Leaf> {
  if (!isMembers(value) || isWhole(path, path.length)) {
    yield [path, value];
    return;
  }
  for (const [name, member] of Object.entries(value)) yield* leavesOf(member, [...path, name]);
}
