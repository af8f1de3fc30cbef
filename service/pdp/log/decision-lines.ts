// Writes what a decision point does to the decision log. A line that cannot be written is reported, and while the log is
// required, nothing is permitted without one.

import { type Answer, type AuthZenResponse, type Clock, stringify } from '@nhipol/runtime';
import { type RecordedEvent, toLoggedEvent } from '../../engine/logged-event.ts';
import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import type {
  Enforcement,
  EntryPoint,
  LogEntry,
  LoggedApproval,
  LoggedEvent,
  LoggedPolicy,
  Trigger,
} from '../../log/entry.ts';
import type { DecisionLog } from '../../log/log-file.ts';
import { formatErrorMessage } from '../../support/message-of.ts';

/** A line with several events ends after the one with which it exceeds this length. */
const maxEventsLength = 262_144;

export interface LineWriterOptions {
  readonly log: DecisionLog | undefined;
  readonly isRequired: boolean;
  readonly entryPoint: EntryPoint;
  readonly clock: Clock;
  readonly module: () => PolicyModule;
  readonly onWarning: (warning: string) => void;
}

export interface DecidedLine {
  /** The policy that decided. Default: the active one. */
  readonly module?: PolicyModule;
  /** The id of the caller. */
  readonly by: string;
  readonly session: string;
  readonly request: Members;
  readonly response: AuthZenResponse;
  readonly trigger: Trigger;
  readonly traceId: string | undefined;
  readonly approval?: LoggedApproval | undefined;
  /** Microseconds. */
  readonly latency: number;
}

export class LineWriter {
  readonly #options: LineWriterOptions;
  #isWritable = true;

  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  /** Whether decisions are logged, so that requests must be parsed for their lines. */
  get isLogging(): boolean {
    return this.#options.log !== undefined;
  }

  /** Whether nothing may be permitted, because the latest line could not be written, or the next one could not be. */
  get isBlocked(): boolean {
    return this.#options.isRequired && !(this.#isWritable && this.#isInPlace());
  }

  #isInPlace(): boolean {
    try {
      this.#options.log?.expectWritable?.();
      return true;
    } catch {
      return false;
    }
  }

  /** Returns whether the decision may take effect. */
  logDecision({
    module = this.#options.module(),
    by,
    session,
    request,
    response,
    trigger,
    traceId,
    approval,
    latency,
  }: DecidedLine): boolean {
    const { declared, logged } = module;
    const { effect, call_digest: digest } = response.context;
    return this.#write({
      ...this.#common('decision', by, session),
      policy: logged,
      mode: 'enforce',
      trigger,
      ...(traceId === undefined ? {} : { trace_id: traceId }),
      request: declared.visible(request),
      ...(approval === undefined || digest === undefined ? {} : { call_digest: digest }),
      effect,
      decision: response.decision,
      response,
      enforcement: selectEnforcement(response.decision, trigger),
      ...(approval === undefined ? {} : { approval }),
      latency_us: latency,
    });
  }

  /** A request that was refused before it could be decided. */
  logRefusal(by: string, id: string, reason: string): void {
    this.#write({ ...this.#common('refusal', by, id), reason });
  }

  logOpening(by: string, session: string, request: Members): void {
    const visible = this.#options.module().declared.visible(request);
    this.#write({ ...this.#common('opened', by, session), request: visible, mode: 'enforce' });
  }

  /** `parts`: those of the request that changed, with masks instead of secret values. */
  logChange(by: string, session: string, parts: Members): void {
    this.#write({ ...this.#common('changed', by, session), request: parts });
  }

  /** A signal, or the outcome of a call. */
  logEvent(by: string, session: string, event: RecordedEvent): void {
    const logged = toLoggedEvent(this.#options.module(), event);
    this.#write({ ...this.#common('event', by, session), ...logged });
  }

  /** Several events at once, which share lines. */
  logEvents(by: string, session: string, events: readonly RecordedEvent[]): void {
    const [first, ...others] = events;
    if (first !== undefined && others.length === 0) {
      this.logEvent(by, session, first);
      return;
    }
    const logged = events.map((event) => toLoggedEvent(this.#options.module(), event));
    for (const part of divideEvents(logged)) {
      this.#write({ ...this.#common('events', by, session), events: part });
    }
  }

  logApproval(by: string, session: string, digest: string, approval: LoggedApproval): void {
    this.#write({
      ...this.#common('approval', by, session),
      call_digest: digest,
      answer: 'approved',
      approval,
    });
  }

  logRevocation(by: string, session: string, { reasons, reasonDetails }: Answer): void {
    const message = reasonDetails[0]?.message;
    const said = message === undefined ? {} : { message };
    this.#write({ ...this.#common('revocation', by, session), reasons, ...said });
  }

  logClosing(by: string, session: string): void {
    this.#write({ ...this.#common('closed', by, session) });
  }

  /** `problem`: why the policy was not activated. `policy`: default the active one. */
  policy(by: string, problem: string | undefined, policy?: LoggedPolicy): void {
    const entry = { ...this.#common('policy', by, 'all'), activated: problem === undefined };
    const of = policy === undefined ? {} : { policy };
    this.#write({ ...entry, ...of, ...(problem === undefined ? {} : { problem }) });
  }

  #common<Kind extends LogEntry['kind']>(kind: Kind, caller: string, session: string) {
    const { entryPoint, module } = this.#options;
    return { kind, entry_point: entryPoint, caller, session, policy: module().logged };
  }

  /** Returns whether the line was written, or need not be. */
  #write(entry: LogEntry): boolean {
    const { log, isRequired, clock, onWarning } = this.#options;
    if (log === undefined) return true;
    try {
      log.append(entry, clock.now());
      this.#isWritable = true;
    } catch (error) {
      if (this.#isWritable)
        onWarning(`the decision log cannot be written: ${formatErrorMessage(error)}`);
      this.#isWritable = false;
    }
    return this.#isWritable || !isRequired;
  }
}

/** Divides events into lists whose JSON is short. */
function* divideEvents(events: readonly LoggedEvent[]): Iterable<readonly LoggedEvent[]> {
  let part: LoggedEvent[] = [];
  let length = 0;
  for (const event of events) {
    if (length > maxEventsLength) {
      yield part;
      [part, length] = [[], 0];
    }
    part.push(event);
    length += stringify(event).length;
  }
  if (part.length > 0) yield part;
}

function selectEnforcement(isPermitted: boolean, trigger: Trigger): Enforcement {
  if (isPermitted) return 'passed';
  return trigger === 'request' || trigger === 'approval' ? 'refused' : 'stopped';
}
