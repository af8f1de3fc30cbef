// The options of an engine, and the parts of it that its sessions share.

import type { Clock, Session } from '@nhipol/runtime';
import type { Members } from '../json/members.ts';
import type { EntryPoint } from '../log/entry.ts';
import type { DecisionLog } from '../log/log-file.ts';
import type { Revocation, Store } from '../store/store.ts';
import type { Abilities } from './abilities.ts';
import type { Call, CallerFacts } from './call.ts';
import type { PolicyModule } from './policy-module.ts';

export type Mode = 'enforce' | 'observe';

export interface EngineOptions {
  readonly module: Uint8Array;
  /** The obligations and constraints that are carried out; an answer with any other is refused. Default: none. */
  readonly abilities?: Abilities;
  readonly store: Store;
  /** `undefined` if decisions are not logged. */
  readonly log: DecisionLog | undefined;
  /** Whether nothing is permitted that cannot be logged. Default: true. */
  readonly isLogRequired?: boolean;
  readonly entryPoint: EntryPoint;
  readonly mode: Mode;
  /** Default: the clock of the host. */
  readonly clock?: Clock;
  /** Receives what an operator should know, such as a log that cannot be written. */
  readonly onWarning: (warning: string) => void;
  /** Returns the command that stores a revocation. Default: there is none. */
  readonly revokeCommand?: (revocation: Revocation) => string | undefined;
}

export interface EngineSessionOpening extends CallerFacts {
  readonly id: string;
  /** Where the identity acts; part of what a revocation covers. */
  readonly server: string;
  /** Default: the entry point of the engine. */
  readonly entryPoint?: EntryPoint;
}

/** A session of the module. An identity may act in it at several servers, and each of them has its `EngineSession`. */
export interface SharedSession {
  readonly session: Session;
  /** The call that was decided last. */
  latest: Call | undefined;
  /** The facts that the session has now, without what events changed. */
  facts: CallerFacts;
  /** Facts as parts of a request, with what events changed. */
  readonly request: (facts: CallerFacts) => Members;
}

/** The parts of an engine that its sessions share. */
export interface EngineParts
  extends Required<Omit<EngineOptions, 'module' | 'abilities' | 'revokeCommand'>> {
  readonly module: () => PolicyModule;
  /** Whether the store could be read when revocations were last looked for, and contains all of them. */
  readonly isStoreReadable: () => boolean;
  /** An outcome was recorded in the session with this id. */
  readonly onOutcome: (id: string) => void;
  /** Makes the histories of sessions durable if they are stored. Throws if they cannot be. */
  readonly storeSessions: () => void;
  /** Makes a revocation durable that took effect: at once, or as soon as the store can be written. */
  readonly storeRevocation: (revocation: Revocation) => void;
}
