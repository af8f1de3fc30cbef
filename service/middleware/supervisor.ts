// Supervises one request from its decision to its end: decides it again when its answer ends or its session changes, and
// ends its authorization if it is no longer permitted, or if that is unknown.

import type { AuthZenObligation, JsonValue } from '@nhipol/runtime';
import { createDenialEvaluation } from '../client/evaluation.ts';
import type { Evaluation, EvaluationRequest } from '../client/index.ts';
import { type Abilities, findUnsupported } from '../engine/abilities.ts';
import { explainAnswer } from '../engine/answers.ts';
import { type Authorization, AuthorizationEnded } from './authorization.ts';
import type { Backend, BackendEvent, DecisionDetails } from './backend.ts';
import { createRefusal, formatBody, type Refusal, undecided } from './refusal.ts';

export interface Supervised extends DecisionDetails {
  readonly backend: Backend;
  readonly request: EvaluationRequest;
  readonly abilities: Abilities;
  readonly isExplained: boolean;
  /** Returns the request with the facts of now. */
  readonly refresh: (request: EvaluationRequest) => EvaluationRequest | Promise<EvaluationRequest>;
  readonly onError: (error: unknown) => void;
}

/** The time until a request is decided again whose answer ended in the past: the clock of a service may be another. */
const pauseAfterEnded = 1_000;
/** The longest time of a timer, in milliseconds. */
const maxPause = 2 ** 31 - 1;

export class Supervisor implements Authorization {
  readonly #options: Supervised;
  readonly #ending = new AbortController();
  #evaluation: Evaluation = createDenialEvaluation('undecided', 'nothing was decided yet');
  #listener: ((authorization: Authorization) => void) | undefined;
  #unwatch: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;
  #isDeciding = true;
  /** Whether something changed while the request was being decided. */
  #isOutdated = false;

  constructor(options: Supervised) {
    this.#options = options;
  }

  get request(): EvaluationRequest {
    return this.#options.request;
  }

  get session(): string | undefined {
    return this.#options.session;
  }

  get evaluation(): Evaluation {
    return this.#evaluation;
  }

  get constraints(): Readonly<Record<string, JsonValue>> {
    return this.#evaluation.context.constraints ?? {};
  }

  get obligations(): readonly AuthZenObligation[] {
    return this.#evaluation.context.obligations ?? [];
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  onChanged(listener: (authorization: Authorization) => void): void {
    this.#listener = listener;
  }

  /**
   * Decides the request. Returns the refusal, or `undefined` if it is permitted, and supervised until `end` is called.
   */
  async start(): Promise<Refusal | undefined> {
    const { backend, session, request } = this.#options;
    try {
      // Changes are noticed before the decision, so that none is missed after it.
      if (session !== undefined) {
        this.#unwatch = await backend.watch(session, (event) => this.#noticeEvent(event));
      }
      const refusal = await this.#decide(request);
      const refused = refusal ?? this.#refusal;
      if (refused !== undefined) this.end();
      return refused;
    } catch (error) {
      this.end();
      this.#options.onError(error);
      return undecided;
    }
  }

  /** The request was answered. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#unwatch();
  }

  get #refusal(): Refusal | undefined {
    const { aborted, reason } = this.#ending.signal;
    return aborted ? (reason as AuthorizationEnded).refusal : undefined;
  }

  /** Decides the request, and takes a permit as the answer. Returns the refusal otherwise. */
  async #decide(request: EvaluationRequest): Promise<Refusal | undefined> {
    const { backend, session, traceparent, isExplained } = this.#options;
    this.#isDeciding = true;
    try {
      do {
        this.#isOutdated = false;
        const evaluation = this.#enforceable(
          await backend.decide(request, { session, traceparent }),
        );
        if (!evaluation.decision) return createRefusal(evaluation, isExplained);
        this.#evaluation = evaluation;
      } while (this.#isOutdated && !this.#isOver);
    } finally {
      this.#isDeciding = false;
    }
    if (!this.#isOver) this.#waitUntilInvalid();
    return undefined;
  }

  #enforceable(evaluation: Evaluation): Evaluation {
    const { decision, context } = evaluation;
    const { obligations = [], constraints = {} } = context;
    const refused = findUnsupported(
      { decision, obligations, constraints },
      this.#options.abilities,
    );
    return refused === undefined
      ? evaluation
      : createDenialEvaluation('not_enforceable', explainAnswer(refused));
  }

  #noticeEvent(event: BackendEvent): void {
    if (this.#isOver) return;
    if (event.kind === 'lost') {
      this.#options.onError(event.error);
      this.#abort(undecided);
      return;
    }
    const { effect } = event.evaluation.context;
    if (effect === 'revoke')
      this.#abort(createRefusal(event.evaluation, this.#options.isExplained));
    else if (effect !== 'permit') this.#decideAgain();
  }

  #waitUntilInvalid(): void {
    clearTimeout(this.#timer);
    const until = this.#evaluation.context.valid_until;
    if (until === undefined) return;
    const left = Date.parse(until) - Date.now();
    this.#timer =
      left > maxPause
        ? setTimeout(() => this.#waitUntilInvalid(), maxPause)
        : setTimeout(() => this.#decideAgain(), left > 0 ? left + 1 : pauseAfterEnded);
  }

  /** An answer for another moment may be under way: it is then decided again. */
  #decideAgain(): void {
    this.#isOutdated = true;
    if (this.#isDeciding) return;
    this.#repeatDecision().catch((error) => {
      if (this.#isOver) return;
      this.#options.onError(error);
      this.#abort(undecided);
    });
  }

  async #repeatDecision(): Promise<void> {
    const { request, refresh } = this.#options;
    const before = this.#evaluation;
    this.#isDeciding = true;
    const refusal = await this.#decide(await refresh(request));
    if (this.#isOver) return;
    if (refusal !== undefined) this.#abort(refusal);
    else if (!isNarrower(before, this.#evaluation)) this.#scheduleDecision();
  }

  #scheduleDecision(): void {
    if (this.#listener !== undefined) {
      this.#listener(this);
      return;
    }
    const why =
      'it is permitted only with other limits or duties, which the handler does not follow';
    this.#abort(
      createRefusal(createDenialEvaluation('not_enforceable', why), this.#options.isExplained),
    );
  }

  #abort(refusal: Refusal): void {
    this.end();
    this.#ending.abort(new AuthorizationEnded(refusal));
  }
}

/** Whether a handler that carries out one answer carries out the next one, too. */
function isNarrower({ context: before }: Evaluation, { context: after }: Evaluation): boolean {
  const { constraints = {} } = before;
  const kept = Object.entries(after.constraints ?? {}).every(
    ([name, value]) =>
      Object.hasOwn(constraints, name) && formatBody(constraints[name]) === formatBody(value),
  );
  const known = new Set((before.obligations ?? []).map(printDuty));
  return kept && (after.obligations ?? []).every((obligation) => known.has(printDuty(obligation)));
}

function printDuty({ name, properties }: AuthZenObligation): string {
  return formatBody([name, properties]);
}
