// One symbolic request: its selectors, the facts of its roots by the shapes that the policies declare, the instant,
// and whether it is decided in a session.

import type { PolicyModel, Root, Scope, Selector } from '@nhipol/language/model';
import { firstInstant, lastInstant, type RecordType, type Type } from '@nhipol/language/types';
import { type Literal, no, yes } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import type { Symbolic } from '../symbolic/symbolic.ts';
import { EncodedFact } from './encoded-fact.ts';
import type { SymbolicEncoding } from './encoding.ts';
import type { Declared, SymbolicFact } from './fact.ts';

const string: Type = { kind: 'String' };
const selectors: readonly Selector[] = [
  ...(['subject.type', 'subject.id', 'action.name', 'resource.type', 'resource.id'] as const),
];

/** The selectors that scopes and shapes depend on, with the names of the shapes in a policy. */
const shaped = {
  subject: ['subject.type', 'subjects', 'anySubject'],
  action: ['action.name', 'actions', 'anyAction'],
  resource: ['resource.type', 'resources', 'anyResource'],
} as const;

export class SymbolicFacts {
  readonly encoding: SymbolicEncoding;
  /** The instant of evaluation, which is `context.time` where that is declared. */
  readonly now: Linear;
  readonly isNowKnown: Literal;
  /** Whether the request is decided in a session, with any history. */
  readonly inSession: Literal;
  readonly #selectors: ReadonlyMap<Selector, Symbolic<never>>;
  readonly #roots: ReadonlyMap<Root, SymbolicFact>;

  /** `seen`: another request, with the same selectors and instant, and its roots by the function `as`. */
  constructor(
    encoding: SymbolicEncoding,
    policies: readonly PolicyModel[],
    seen?: {
      readonly facts: SymbolicFacts;
      readonly as: (fact: SymbolicFact, root: Root) => SymbolicFact;
    },
  ) {
    this.encoding = encoding;
    if (seen !== undefined) {
      this.#selectors = seen.facts.#selectors;
      this.now = seen.facts.now;
      this.inSession = seen.facts.inSession;
      this.#roots = new Map(
        [...seen.facts.#roots].map(([root, fact]) => [root, seen.as(fact, root)]),
      );
      this.isNowKnown = this.#encodeKnownTime(policies);
      return;
    }
    const { formula } = encoding;
    this.#selectors = new Map(
      selectors.map((which) => [which, encoding.values.anyText(which, which, string, yes)]),
    );
    this.now = encoding.createNumber('context.time', firstInstant, lastInstant);
    this.inSession = formula.variable('in a session');
    const roots = ['subject', 'action', 'resource', 'context'] as const;
    this.#roots = new Map(
      roots.map((root) => [
        root,
        new EncodedFact(encoding, root, emptyRecord, this.#listShapes(root, policies), yes),
      ]),
    );
    this.isNowKnown = this.#encodeKnownTime(policies);
  }

  root(root: Root): SymbolicFact {
    return this.#roots.get(root) as SymbolicFact;
  }

  selector(which: Selector): Symbolic<never> {
    return this.#selectors.get(which) as Symbolic<never>;
  }

  /** Whether a selector has one of the names; all have if there are no names. */
  selects(which: Selector, names: readonly string[] | undefined): Literal {
    if (names === undefined) return yes;
    const selector = this.selector(which);
    return this.encoding.formula.any(names.map((name) => isText(this.encoding, selector, name)));
  }

  /** Whether a scope applies. */
  isInScope({ subjects, actions, resources }: Scope): Literal {
    return this.encoding.formula.and(
      this.selects('subject.type', subjects),
      this.selects('action.name', actions),
      this.selects('resource.type', resources),
    );
  }

  #listShapes(root: Root, policies: readonly PolicyModel[]): readonly Declared[] {
    return policies.flatMap((policy) => {
      const createMade = (guard: Literal, type: RecordType): Declared => ({
        policy,
        guard,
        type,
        isRequired: false,
      });
      if (root === 'context') {
        if (policy.context === undefined) return [];
        const scoped = policy.contexts.map(({ scope, type }) =>
          createMade(this.isInScope(scope), type),
        );
        return [createMade(yes, policy.context), ...scoped];
      }
      const [selector, key, otherwise] = shaped[root];
      const named = [...policy[key]].map(([name, type]) =>
        createMade(this.selects(selector, [name]), type),
      );
      const other = policy[otherwise];
      if (other === undefined) return named;
      return [...named, createMade(-this.selects(selector, [...policy[key].keys()]), other)];
    });
  }

  #encodeKnownTime(policies: readonly PolicyModel[]): Literal {
    const declared = policies.flatMap(({ context }) => context?.members.get('time') ?? []);
    const [member] = declared;
    if (member === undefined) return no;
    return this.root('context').member('time', member.type, this.now).present;
  }
}

const emptyRecord: RecordType = {
  kind: 'Record',
  name: undefined,
  members: new Map(),
  span: { file: '', start: 0, end: 0 },
};

/** Whether a value is a text. */
function isText({ formula, terms }: SymbolicEncoding, value: Symbolic, text: string): Literal {
  if (value.kind === 'choice') return value.values.get(text) ?? no;
  if (value.kind !== 'text') return no;
  const is = terms.constant(text);
  return formula.any(
    value.cases.map(({ guard, term }) => formula.and(guard, terms.equal(term, is))),
  );
}
