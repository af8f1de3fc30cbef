// The paths of members of a session that are changed one by one: those that the policy declares, as it writes
// them, without `properties`. A name that is not an identifier is quoted, after a dot or in brackets.

import type { EncodedMember, Encoding } from '../contract/index.ts';

const step = /(^|\.)([^.["\]]+)|\.("(?:[^"\\]|\\.)*")|\[("(?:[^"\\]|\\.)*")\]/y;

/** A request's own strings, which are not properties. */
const ownStrings: ReadonlyMap<string, readonly string[]> = new Map([
  ['subject', ['type', 'id']],
  ['action', ['name']],
  ['resource', ['type', 'id']],
]);

/** The names of the path; undefined: it is not a path. */
export function namesIn(path: string): readonly string[] | undefined {
  if (path.startsWith('.')) return undefined;
  const names: string[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (found === null) return undefined;
    const [, , plain, dotted, bracketed] = found;
    const name = plain ?? unquoted(dotted ?? bracketed ?? '');
    if (name === undefined) return undefined;
    names.push(name);
  }
  return names.length === 0 ? undefined : names;
}

function unquoted(text: string): string | undefined {
  try {
    const name: unknown = JSON.parse(text);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** The members that the policy declares: those of the context, and the properties of entities. */
export class DeclaredPaths {
  readonly #known = new Set<string>();

  /** undefined: the module does not state the members, and none can be changed one by one. */
  constructor(encoding: Encoding | undefined) {
    if (encoding === undefined) return;
    for (const root of ['subject', 'action', 'resource'] as const) {
      this.#add([root]);
      this.#add([root, 'properties']);
      for (const { members } of encoding[root].shapes)
        this.#addMembers([root, 'properties'], members);
    }
    this.#add(['context']);
    this.#addMembers(['context'], encoding.context ?? []);
    for (const { members } of encoding.contexts ?? []) this.#addMembers(['context'], members);
  }

  /** Members of elements have no path of their own: a list is changed as a whole. */
  #addMembers(within: readonly string[], members: readonly EncodedMember[]): void {
    for (const { name, value } of members) {
      const names = [...within, name];
      this.#add(names);
      if (value.kind === 'Record') this.#addMembers(names, value.members);
    }
  }

  #add(names: readonly string[]): void {
    this.#known.add(JSON.stringify(names));
  }

  /**
   * The names in a part of a request; undefined: no such member is declared. As in a policy, `properties` is
   * written only for a property with the name of one of the request's own strings.
   */
  within(names: readonly string[]): readonly string[] | undefined {
    const [root = '', ...members] = names;
    const [first = '', second = ''] = members;
    const own = ownStrings.get(root) ?? [];
    if (own.includes(first)) return undefined;
    const isWhole = root === 'context' || (first === 'properties' && own.includes(second));
    const place = isWhole ? names : [root, 'properties', ...members];
    return this.#known.has(JSON.stringify(place)) ? place : undefined;
  }
}
