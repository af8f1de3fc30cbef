// Maps events to changes of sessions: takes an event and a session, and returns the signal to record and the facts to change, by
// rules that the operator declares, and by default for those of CAEP and RISC as far as the policy declares them.

import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import { isMembers } from '../../json/members.ts';
import {
  compileFacts,
  compileTemplate,
  type FactsTemplate,
  type Template,
} from '../../mapping/template.ts';
import { eventNames, formatEventUri, parseEventName } from '../sets/event-types.ts';
import type { SecurityEvent } from '../sets/security-event.ts';

/** The changes by an event. Strings that begin with `$` are expressions over `event`, `set` and `session`. */
export interface EventRule {
  /** The name of the signal; null: none. Default: the last part of the URI, if the policy declares it. */
  readonly signal?: string | null;
  /** Default: the claims of the event. */
  readonly payload?: Members;
  /** A part of a request; null: none. Default: that of the kind of event, as far as the policy declares it. */
  readonly facts?: Members | null;
  /** `open`: sessions that were opened before the event; `all`: also later ones. */
  readonly sessions?: 'open' | 'all';
}

/** Rules by the URI or short name of an event; null: it has no effect. */
export type EventRules = Readonly<Record<string, EventRule | null>>;

export interface EventEffect {
  readonly signal: { readonly name: string; readonly payload: Members } | undefined;
  readonly facts: Members | undefined;
  /** Why facts are unknown: their expressions failed. */
  readonly failures: readonly string[];
}

interface EventSession {
  readonly id: string;
  /** Its facts, for rules that refer to them. */
  readonly request: () => Members;
}

export interface EventMapping {
  /** Throws a `MappingError` if an expression fails. */
  readonly effectOn: (
    event: SecurityEvent,
    session: EventSession,
    policy: PolicyModule,
  ) => EventEffect | undefined;
  /** Whether sessions that are opened after an event are changed by it. */
  readonly appliesToLater: (type: string) => boolean;
  /** Whether only the newest events of a type matter: they change facts, which have the value of the newest one. */
  readonly isReplaced: (type: string, policy: PolicyModule) => boolean;
  /** Whether a rule of the operator computes the payload or the facts. */
  readonly isComputed: (type: string) => boolean;
  /** Sentences about rules that have no effect under a policy, probably by mistake. */
  readonly problems: (policy: PolicyModule) => readonly string[];
  /** The URIs of the events that have an effect. */
  readonly types: (policy: PolicyModule) => readonly string[];
}

interface CompiledRule {
  readonly signal: string | null | undefined;
  readonly payload: Template | undefined;
  readonly facts: FactsTemplate | null | undefined;
  readonly sessions: 'open' | 'all' | undefined;
}

/** Events about sessions as they were then: those that are opened later are others. */
const aboutOpenSessions: ReadonlySet<string> = new Set([
  'session-revoked',
  'sessions-revoked',
  'session-established',
  'session-presented',
  'token-claims-change',
]);

/** Throws a `MappingError` for an expression that is not valid. */
export function parseEventMapping(rules: EventRules = {}): EventMapping {
  const compiled = new Map(
    Object.entries(rules).map(([name, rule]) => [
      formatEventUri(name),
      rule === null ? null : compileRule(rule),
    ]),
  );
  const findEffect: EventMapping['effectOn'] = (event, session, policy) => {
    const rule = compiled.get(event.type);
    if (rule === null) return undefined;
    const inputs = () => ({
      token: {},
      event: event.claims,
      set: setInput(event),
      session: selectSessionInput(session),
    });
    const failures: string[] = [];
    const name = rule?.signal === undefined ? parseEventName(event.type) : rule.signal;
    const isDeclared = name !== null && policy.signals.has(name);
    const payload = rule?.payload === undefined ? event.claims : rule.payload(inputs(), true);
    const signal = isDeclared && isMembers(payload) ? { name, payload } : undefined;
    const given =
      rule?.facts === undefined
        ? defaultFacts(event)
        : rule.facts?.(inputs(), ({ message }) => failures.push(message));
    const facts = policy.declared.read(isMembers(given) ? given : {});
    const found = hasValues(facts) ? facts : undefined;
    return signal === undefined && found === undefined
      ? undefined
      : { signal, facts: found, failures };
  };
  return {
    effectOn: findEffect,
    appliesToLater: (type) => {
      const rule = compiled.get(type);
      if (rule === null) return false;
      return (
        (rule?.sessions ?? (aboutOpenSessions.has(parseEventName(type)) ? 'open' : 'all')) === 'all'
      );
    },
    isReplaced: (type, policy) => {
      const rule = compiled.get(type);
      if (rule === null) return true;
      const name = rule?.signal === undefined ? parseEventName(type) : rule.signal;
      const isSignal = name !== null && policy.signals.has(name);
      // A rule may change other facts for each event.
      return !isSignal && (rule?.facts ?? undefined) === undefined;
    },
    isComputed: (type) => {
      const rule = compiled.get(type) ?? undefined;
      return rule?.payload !== undefined || (rule?.facts ?? undefined) !== undefined;
    },
    problems: (policy) =>
      Object.entries(rules).flatMap(([name, rule]) => [
        ...(isKnownEvent(name)
          ? []
          : [`\`events\` has a rule for ${name}, which is not the name of an event or a URI`]),
        ...(typeof rule?.signal !== 'string' || policy.signals.has(rule.signal)
          ? []
          : [
              `the rule for ${name} records the signal ${rule.signal}, which the policy does not declare`,
            ]),
      ]),
    types: (policy) => {
      const uris = new Set([...eventNames.map(formatEventUri), ...compiled.keys()]);
      return [...uris].filter(
        (type) => findEffect(probe(type), probeSession, policy) !== undefined,
      );
    },
  };
}

function compileRule({ signal, payload, facts, sessions }: EventRule): CompiledRule {
  return {
    signal,
    payload: payload && compileTemplate(payload),
    facts: facts === null ? null : facts && compileFacts(facts),
    sessions,
  };
}

/** An event with all claims that defaults read, to find out whether the policy declares an effect. */
function probe(type: string): SecurityEvent {
  const claims = { current_level: 'LOW', namespace: 'x', change_direction: 'decrease' };
  return { issuer: 'x', jti: 'x', txn: undefined, type, time: 0, subject: undefined, claims };
}
const probeSession: EventSession = { id: 'x', request: () => ({}) };

function setInput({ issuer, jti, txn, time, subject, type }: SecurityEvent): Members {
  const cause = txn === undefined ? {} : { txn };
  const about = subject === undefined ? {} : { sub_id: subject };
  return { iss: issuer, jti, type, time: new Date(time).toISOString(), ...cause, ...about };
}

function selectSessionInput({ id, request }: EventSession): Members {
  const { subject = {}, context = {} } = request();
  return { id, subject, context };
}

/** The facts that the vocabulary `nhi` has for what an event reports. */
function defaultFacts({ type, claims, time }: SecurityEvent): Members {
  const name = parseEventName(type);
  const at = new Date(time).toISOString();
  const newest = { events: { [name]: claims } };
  switch (name) {
    case 'risk-level-change': {
      const { current_level: level, risk_reason: reason } = claims;
      return {
        context: { ...newest, ...createObservation('risk', { level, reason, observed_at: at }) },
      };
    }
    case 'assurance-level-change': {
      const { namespace, current_level: level, change_direction: direction } = claims;
      const observed = { namespace: namespace ?? null, level, direction, observed_at: at };
      return { context: { ...newest, ...createObservation('assurance', observed) } };
    }
    case 'session-revoked':
    case 'sessions-revoked':
      return { context: { ...newest, session: { revoked: true } } };
    case 'credential-compromise':
      return {
        context: newest,
        ...selectSubject({ credential: { exposed: true, exposed_at: at } }),
      };
    case 'account-disabled':
      return { context: newest, ...selectSubject({ lifecycle_state: 'suspended' }) };
    case 'account-purged':
      return { context: newest, ...selectSubject({ lifecycle_state: 'decommissioned' }) };
    case 'account-enabled':
      return { context: newest, ...selectSubject({ lifecycle_state: 'active' }) };
    default:
      return { context: newest };
  }
}

function selectSubject(properties: Members) {
  return { subject: { properties } };
}

/** An event without a level observes none: the level is still as old as it was. */
function createObservation(name: string, { level, ...others }: Members): Members {
  if (level === undefined) return {};
  const members = Object.entries({ level, ...others }).filter(([, value]) => value !== undefined);
  return { [name]: Object.fromEntries(members) };
}

/** Whether an object has a value at some depth. */
function hasValues(value: unknown): boolean {
  return isMembers(value) ? Object.values(value).some(hasValues) : value !== undefined;
}

/** Whether an event can have this name: one of CAEP or RISC, or a URI. */
function isKnownEvent(name: string): boolean {
  return eventNames.includes(name) || URL.canParse(name);
}
