// Searches for a session with a bounded number of events after which a claim about an answer is violated. The evaluator
// must confirm what is found, so that neither dropped keys nor other events need to be represented.

import {
  collectHistoryTerms,
  collectPolicyHistory,
  type Expr,
  type PolicyModel,
} from '@nhipol/language/model';
import { SymbolicDecision } from '../decision/decision.ts';
import { Domains } from '../domains/domains.ts';
import { twoWeeks, Windows } from '../expressions/windows.ts';
import { SymbolicEncoding } from '../facts/encoding.ts';
import { SymbolicFacts } from '../facts/facts.ts';
import { Budget } from '../formula/budget.ts';
import type { Literal } from '../formula/formula.ts';
import { createConstantTerm } from '../formula/linear.ts';
import { Queries } from '../queries.ts';
import { createListed } from '../values/listed-values.ts';
import { BoundedHistory } from './bounded-history.ts';
import { createEvent, listKinds, type SymbolicEvent } from './events.ts';
import {
  createSession,
  type DecidedMoment,
  decideLastMoment,
  type SessionWitness,
} from './session-witness.ts';

export interface SessionSearchOptions {
  /** The maximum number of events before the last request. */
  readonly events: number;
  /** The maximum number of conflicts. */
  readonly effort?: number | undefined;
  /** Numbers from 0 to 1, for the choice between several sessions. */
  readonly random: () => number;
}

export interface FoundSession<Confirmation> {
  readonly session: SessionWitness;
  /** The last request. */
  readonly request: string;
  readonly confirmation: Confirmation;
}

type Confirm<Confirmation> = (request: string, last: DecidedMoment) => Confirmation | undefined;

/** Models that are tried before the search is given up. */
const maxModels = 8;

export class SessionSearch {
  /** The decision about the last request. */
  readonly decision: SymbolicDecision;
  readonly #policy: PolicyModel;
  readonly #options: SessionSearchOptions;
  readonly #encoding: SymbolicEncoding;
  readonly #windows: Windows;
  readonly #events: readonly SymbolicEvent[];
  #made: Queries | undefined;

  constructor(policy: PolicyModel, exprs: readonly Expr[], options: SessionSearchOptions) {
    this.#policy = policy;
    this.#options = options;
    this.#encoding = new SymbolicEncoding(
      new Domains([policy], { exprs, budget: new Budget(options.effort) }),
      createListed,
    );
    this.#windows = new Windows(this.#encoding);
    const kinds = listKinds([...collectPolicyHistory(policy), ...collectHistoryTerms(exprs)]);
    const events: SymbolicEvent[] = [];
    for (let index = 0; kinds.size > 0 && index < options.events; index += 1) {
      const exists = this.#encoding.formula.variable(`event ${index} exists`);
      const decision = this.#decideSession(events);
      events.push(createEvent(policy, kinds, exists, decision.expressions.facts, decision));
    }
    this.#events = events;
    this.decision = this.#decideSession(events);
  }

  /** A session that makes the goal true, and that `confirm` accepts. */
  find<Confirmation>(
    goal: Literal,
    confirm: Confirm<Confirmation>,
  ): FoundSession<Confirmation> | undefined {
    const { approximations, budget } = this.#encoding;
    budget.startClaim();
    const exact = [
      ...this.#windows.within(twoWeeks.from, twoWeeks.to),
      ...approximations.map(({ when }) => -when),
    ];
    const roots = [goal, ...this.#order(), ...exact];
    for (let count = 0; count <= this.#events.length; count += 1) {
      const session = this.#findSession(count, roots, confirm);
      if (session !== undefined) return session;
    }
    return undefined;
  }

  /** Sessions with few events come first. */
  #findSession<Confirmation>(
    count: number,
    roots: readonly Literal[],
    confirm: Confirm<Confirmation>,
  ): FoundSession<Confirmation> | undefined {
    const { preferences } = this.#encoding;
    const others = this.#events.slice(0, this.#events.length - count).map(({ exists }) => -exists);
    for (let index = 0; index < maxModels; index += 1) {
      const isFirst = index === 0;
      const wanted = [...roots, ...others, ...(isFirst ? preferences : [])];
      const random = isFirst ? undefined : this.#options.random;
      const solution = this.#queries.solve(wanted, [], random);
      if (solution.kind !== 'satisfiable') {
        if (isFirst) continue;
        return undefined;
      }
      const session = createSession(this.#events, this.decision.expressions.facts, solution.model);
      const request = session.steps.at(-1)?.request ?? session.request;
      const moment = decideLastMoment(this.#policy, session);
      const isValid = moment.answer.error === undefined;
      const confirmation = isValid ? confirm(request, moment) : undefined;
      if (confirmation !== undefined) return { session, request, confirmation };
    }
    return undefined;
  }

  /** Made with the first query, after the claims. */
  get #queries(): Queries {
    this.#made ??= new Queries(this.#encoding, [], this.#options.effort);
    return this.#made;
  }

  #decideSession(events: readonly SymbolicEvent[]): SymbolicDecision {
    const facts = new SymbolicFacts(this.#encoding, [this.#policy]);
    const history = new BoundedHistory([...events], [twoWeeks.from, twoWeeks.to]);
    return new SymbolicDecision(this.#policy, facts, this.#windows, history);
  }

  /** The events are in the order of their instants, none revokes the session, and missing ones come first. */
  #order(): readonly Literal[] {
    const { formula } = this.#encoding;
    const moments = [...this.#events.map(({ facts }) => facts), this.decision.expressions.facts];
    const ordered = moments
      .slice(1)
      .map((facts, index) => formula.atMost((moments[index] as SymbolicFacts).now, facts.now));
    const present = this.#events
      .slice(1)
      .map(({ exists }, index) =>
        formula.implies((this.#events[index] as SymbolicEvent).exists, exists),
      );
    const going = this.#events.map(({ exists, decision }) =>
      formula.implies(exists, -decision.has('revoke')),
    );
    const clock = moments.flatMap(({ now, isNowKnown }) => [
      ...(this.#hasClock ? [isNowKnown] : []),
      formula.atMost(createConstantTerm(twoWeeks.from), now),
      formula.below(now, createConstantTerm(twoWeeks.to)),
    ]);
    return [...ordered, ...present, ...going, ...clock];
  }

  get #hasClock(): boolean {
    return this.#policy.context?.members.has('time') === true;
  }
}
