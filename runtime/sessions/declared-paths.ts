// The paths of members of a session that are changed: those that the policy declares. A path is written as in the
// policy, without `properties`; a name that is not an identifier is quoted, after a dot or in brackets.

import { type EncodedMember, type Encoding, isMembers } from '../contract/index.ts';

const step = /(^|\.)([^.["\]]+)|\.("(?:[^"\\]|\\.)*")|\[("(?:[^"\\]|\\.)*")\]/y;

/** A request's own strings, which are not properties. */
const selectorMembers: ReadonlyMap<string, readonly string[]> = new Map([
  ['subject', ['type', 'id']],
  ['action', ['name']],
  ['resource', ['type', 'id']],
]);

/** The names of the path, or `undefined` if it is not a path. */
export function parsePathNames(path: string): readonly string[] | undefined {
  if (path.startsWith('.')) return undefined;
  const names: string[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (match === null) return undefined;
    const [, , plain, dotted, bracketed] = match;
    const name = plain ?? unquoteName(dotted ?? bracketed ?? '');
    if (name === undefined) return undefined;
    names.push(name);
  }
  return names.length === 0 ? undefined : names;
}

function unquoteName(text: string): string | undefined {
  try {
    const name: unknown = JSON.parse(text);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

const entities = ['subject', 'action', 'resource'] as const;

/** The parts that a change of facts or a query can have. */
const parts: ReadonlySet<string> = new Set([...entities, 'context']);

/** The members that the policy declares: those of the context, and the properties of entities. */
export class DeclaredPaths {
  readonly #known = new Set<string>();
  /** The records among them, whose members are declared too. */
  readonly #records = new Set<string>();
  readonly #isStated: boolean;

  /** `undefined` if the module does not state the members, and none can be changed one by one. */
  constructor(encoding: Encoding | undefined) {
    this.#isStated = encoding !== undefined;
    if (encoding === undefined) return;
    for (const root of entities) {
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
      if (value.kind === 'Record') this.#records.add(JSON.stringify(names));
      if (value.kind === 'Record') this.#addMembers(names, value.members);
    }
  }

  #add(names: readonly string[]): void {
    this.#known.add(JSON.stringify(names));
  }

  /**
   * The names in a part of a request, or `undefined` if no such member is declared. As in a policy, `properties` is
   * written only for a property with the name of one of the request's own strings.
   */
  within(names: readonly string[]): readonly string[] | undefined {
    const [root = '', ...members] = names;
    const [first = '', second = ''] = members;
    const selectors = selectorMembers.get(root) ?? [];
    if (selectors.includes(first)) return undefined;
    const isWhole = root === 'context' || (first === 'properties' && selectors.includes(second));
    const place = isWhole ? names : [root, 'properties', ...members];
    return this.#known.has(JSON.stringify(place)) ? place : undefined;
  }

  /**
   * The names of a member of a change or a query that no declaration knows, so that it would have no effect, or
   * `undefined` if there is none. These are parts other than subject, action, resource and context, properties that are
   * written next to `properties`, and with `isPatch`, whose members each replace a fact, also members of the context.
   * Other members of entities can be undeclared, because the digest of the call covers them.
   */
  findUndeclared(change: object, isPatch: boolean): readonly string[] | undefined {
    for (const [part, value] of Object.entries(change)) {
      if (!parts.has(part)) return [part];
      if (!this.#isStated || !isMembers(value)) continue;
      const found =
        part === 'context'
          ? isPatch && this.#findUndeclaredMember([part], value)
          : this.#findMisplaced(part, Object.keys(value));
      if (found) return found;
    }
    return undefined;
  }

  #findMisplaced(entity: string, names: readonly string[]): readonly string[] | undefined {
    const selectors = selectorMembers.get(entity) ?? [];
    const misplaced = names.find(
      (name) =>
        !selectors.includes(name) && this.#known.has(JSON.stringify([entity, 'properties', name])),
    );
    return misplaced === undefined ? undefined : [entity, misplaced];
  }

  #findUndeclaredMember(
    within: readonly string[],
    members: Readonly<Record<string, unknown>>,
  ): readonly string[] | undefined {
    for (const [name, value] of Object.entries(members)) {
      const names = [...within, name];
      const key = JSON.stringify(names);
      if (!this.#known.has(key)) return names;
      if (!this.#records.has(key) || !isMembers(value)) continue;
      const undeclaredMember = this.#findUndeclaredMember(names, value);
      if (undeclaredMember !== undefined) return undeclaredMember;
    }
    return undefined;
  }
}
