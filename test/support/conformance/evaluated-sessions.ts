// Evaluates the session steps that the module executed, so that no answer is recorded on which the two
// differ. Follows sessions from their opening, and supports no tables; of several faults, each engine
// reports the first one that it finds.

import { listExternalTables } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { createEvaluatorHost } from '@nhipol/testing/replay';
import { createReplacement } from '../../../assurance/testing/generate/request-parts.ts';
import type { EvaluatorHost } from '../../../assurance/testing/replay/host.ts';
import { pickPossibility } from './performer.ts';
import type { Doing, Outcome } from './steps.ts';

export class EvaluatedSessions {
  readonly #host: EvaluatorHost | undefined;
  readonly #open = new Set<string>();
  #now = 0n;

  constructor(policy: PolicyModel) {
    this.#host = listExternalTables(policy).length === 0 ? createEvaluatorHost(policy) : undefined;
  }

  /** Throws if the answers differ. */
  expectAgreed(step: Doing, outcome: Outcome): void {
    const { answer, error } = outcome;
    if ('now' in step && step.now !== undefined) this.#now = BigInt(step.now);
    if (this.#host === undefined || error !== undefined || answer?.context.error !== undefined)
      return;
    const meant = this.#after(this.#host, step);
    if (meant !== undefined && meant !== stringify(answer ?? outcome)) {
      throw new Error(`module and evaluator disagree about ${stringify(step)}: ${meant}`);
    }
  }

  #after(host: EvaluatorHost, step: Doing): string | undefined {
    const now = this.#now;
    if (!('session' in step)) return undefined;
    const { session } = step;
    if (step.do === 'open') {
      if (host.open(session, JSON.parse(step.request), now) === undefined) this.#open.add(session);
    }
    if (!this.#open.has(session)) return undefined;
    switch (step.do) {
      case 'patch':
        host.change(session, { part: JSON.parse(step.part), replaced: [] }, now);
        return undefined;
      case 'replace':
        host.change(session, createReplacement(JSON.parse(step.part)), now);
        return undefined;
      case 'record': {
        const time = step.time === undefined ? undefined : BigInt(step.time);
        host.record(session, { name: step.signal, payload: JSON.parse(step.payload), time }, now);
        return undefined;
      }
      case 'decide_session':
        return stringify(toAuthZen(host.decide(session, JSON.parse(step.request ?? '{}'), now)));
      case 'could_session': {
        const query = JSON.parse(step.request ?? '{}');
        return stringify(pickPossibility(host.could(session, query, now)));
      }
      case 'reevaluate':
        return stringify(toAuthZen(host.judge(session, now)));
      case 'close':
        host.close(session);
        this.#open.delete(session);
        return undefined;
      default:
        return undefined;
    }
  }
}
