// Which facts of sessions came from which instant, so that events that arrive late or again never undo newer ones. Two
// events of the same instant that contradict each other leave a fact unknown, which can only restrict.

import { isMembers, type Members } from '../../json/members.ts';

interface Known {
  readonly time: number;
  /** The JSON of the value; undefined: events of this instant contradict each other. */
  readonly text: string | undefined;
}

export interface Selected {
  /** The changes of facts, one after the other. */
  readonly changes: readonly Members[];
  /** The facts that are then unknown, as null. */
  readonly contradicted: Members | undefined;
  /** Remembers the facts, after they were changed. */
  readonly keep: () => void;
}

type Path = readonly string[];
type Leaf = readonly [path: Path, value: unknown];

export class FactTimes {
  readonly #sessions = new Map<string, Map<string, Known>>();

  delete(id: string): void {
    this.#sessions.delete(id);
  }

  /** The part of the facts of an event that is newer than what is known. */
  select(id: string, facts: Members, time: number): Selected {
    const known = this.#sessions.get(id) ?? new Map<string, Known>();
    const changed: Leaf[] = [];
    const contradicted: Leaf[] = [];
    const next: [string, Known][] = [];
    for (const [path, value] of leavesOf(facts, [])) {
      const name = JSON.stringify(path);
      const text = JSON.stringify(value);
      const before = known.get(name);
      if (before !== undefined && (time < before.time || isSame(before, time, text))) continue;
      const isTie = before?.time === time;
      changed.push([path, value]);
      if (isTie) contradicted.push([path, null]);
      next.push([name, { time, text: isTie ? undefined : text }]);
    }
    // A merge patch would keep members that an object had before.
    const replaced = changed.filter(([, value]) => isMembers(value));
    const cleared = replaced.map(([path]): Leaf => [path, null]);
    return {
      changes: [partOf(cleared), partOf(changed)].filter((each) => each !== undefined),
      contradicted: partOf(contradicted),
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

function partOf(leaves: readonly Leaf[]): Members | undefined {
  if (leaves.length === 0) return undefined;
  const part = emptyObject();
  for (const [path, value] of leaves) {
    let parent = part;
    for (const name of path.slice(0, -1)) {
      parent[name] ??= emptyObject();
      parent = parent[name] as Record<string, unknown>;
    }
    parent[path.at(-1) as string] = value;
  }
  return part;
}

/** Any name is that of a member, also `__proto__`. */
function emptyObject(): Record<string, unknown> {
  return Object.create(null);
}
