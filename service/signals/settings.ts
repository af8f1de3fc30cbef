// The settings of signals: from whom events are received and how, what they change, and to whom events are sent.

import type { JSONWebKeySet } from 'jose';
import type { Members } from '../json/members.ts';
import type { Destinations } from '../support/destinations.ts';
import type { EventRules } from './receive/event-rules.ts';
import type { SubjectMapping } from './subjects/session-identifiers.ts';
import type { WebhookSettings } from './webhooks/webhook.ts';

/** A transmitter from which events are received. */
export interface SourceSettings {
  /** Names it in messages, metrics and the path of its push endpoint. */
  readonly name: string;
  readonly issuer: string;
  /** How its tokens name this service. Empty: as the stream says that is managed here. */
  readonly audience: readonly string[];
  /** `undefined` if the transmitter's metadata has their address. */
  readonly keys: URL | JSONWebKeySet | undefined;
  readonly algorithms: readonly string[];
  readonly delivery: 'push' | 'poll';
  /** The URIs or short names of the events to request, or `undefined` for those with an effect. */
  readonly events: readonly string[] | undefined;
  /** Whether the stream is created, read and verified here; otherwise an operator does that. */
  readonly isManaged: boolean;
  /** The header with which the transmitter is called. */
  readonly authorization: string | undefined;
  /** The header with which the transmitter must push, or `undefined` if the signature of its tokens suffices. */
  readonly pushAuthorization: string | undefined;
  /** Where the transmitter pushes to, or `undefined` for an address below the URL of the service. */
  readonly pushUrl: URL | undefined;
  /** Where events are polled, for a stream that is not managed here. */
  readonly pollUrl: URL | undefined;
  /** The time between polls, in milliseconds, or `undefined` if the transmitter waits for events before it answers. */
  readonly pollInterval: number | undefined;
  /** Where requests to URLs that the transmitter names may go. */
  readonly destinations: Destinations;
  /** How often a managed stream is verified, in milliseconds. */
  readonly verifyInterval: number;
}

export interface TransmitterSettings {
  /** Default: the URL of the service. */
  readonly issuer: string | undefined;
  /** Where events may be pushed to. */
  readonly destinations: Destinations;
  /** Private keys in PEM: the first signs, and the public keys of all are published. */
  readonly keys: readonly string[];
  /** The effects whose beginning is sent, besides `revoke`. */
  readonly effects: readonly string[];
  /** The language tag of messages. */
  readonly language: string;
  /** The subject of events: a template over `session`, or `undefined` for the session with its identifiers. */
  readonly subject: Members | undefined;
  /** Whether a new stream has all subjects, or none until they are added. */
  readonly defaultSubjects: 'ALL' | 'NONE';
  /** The shortest time between two requests for verification of a stream, in seconds. */
  readonly minVerificationInterval: number;
  /** The maximum number of events that wait for one receiver; its stream is disabled beyond them. */
  readonly maxBacklog: number;
}

export interface SignalSettings {
  /** The networks of `allow_addresses`. */
  readonly allowed: readonly string[];
  readonly subjects: SubjectMapping | undefined;
  readonly events: EventRules;
  /** Milliseconds. */
  readonly retention: number;
  readonly sources: readonly SourceSettings[];
  readonly webhooks: readonly WebhookSettings[];
  readonly transmitter: TransmitterSettings | undefined;
}
