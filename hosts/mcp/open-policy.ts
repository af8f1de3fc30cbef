// Opens a compiled policy for servers: with its sessions, its log, and the store of approvals and revocations.

import { readFile } from 'node:fs/promises';
import {
  type AskMode,
  createTokenReader,
  type DecisionLog,
  findResultPlace,
  Guard,
  type Identity,
  type Members,
  type Mode,
  openLogFile,
  type Pins,
  sqliteStore,
  type TokenMapping,
} from '@nhipol/service';
import { type CallerReader, createCallerReader } from './caller.ts';

export interface PolicyOptions {
  /** The name of the server: the first part of the names of actions, `server:tool`. */
  readonly server: string;
  /** Who calls, if callers have no tokens. */
  readonly subject?: { readonly type: string; readonly id: string; readonly properties?: Members };
  /** Members of the context for `subject`. */
  readonly context?: Members;
  /** Who calls, by the claims of the token that the SDK verified. Calls without a token are refused. */
  readonly claims?: TokenMapping;
  /** The database of approvals and revocations. */
  readonly state: string;
  /** The file that decisions are appended to, or `undefined` if they are not logged. */
  readonly log?: string;
  /** The obligations that handlers carry out. A permit with any other is refused. */
  readonly obligations?: readonly string[];
  /** The constraints that handlers carry out. A permit with any other is refused. */
  readonly constraints?: readonly string[];
  /** The constraints on results, with the place in the structured content: `{ max_rows: 'result.rows' }`. */
  readonly results?: Readonly<Record<string, string>>;
  /** The constraints that limit an argument: the policy compares them itself. */
  readonly limits?: readonly string[];
  /** Whether decisions are enforced, or only logged. Default: `enforce`. */
  readonly mode?: Mode;
  /** Who approves a challenged call. Default: `elicitation`, the user of the client. */
  readonly ask?: AskMode;
  /** How long a call waits for a terminal, in milliseconds. Default: 45,000. */
  readonly askTimeout?: number;
  /** Whether a refused call has a result that the model reads, or an error. Default: `result`; with `coaz`: `error`. */
  readonly refusal?: 'result' | 'error';
  /** Whether messages become requests by the COAZ-MCP binding of AuthZEN. Default: false. */
  readonly coaz?: boolean;
  /** The digests of reviewed tools, by name. Default: a tool is as reviewed when it is listed for the first time. */
  readonly pins?: Pins;
  /** The name of sessions that continue after a restart. Default: each process has new ones. */
  readonly session?: string;
  /** Receives what an operator should know. Default: `console.warn`. */
  readonly onWarning?: (warning: string) => void;
}

/** A policy that servers are guarded by. All of them share its sessions. */
export interface GuardPolicy {
  readonly guard: Guard;
  readonly callerOf: CallerReader;
  readonly onWarning: (warning: string) => void;
  /** Replaces the module; calls that run are decided again. Throws if it cannot be; then the previous one stays. */
  readonly activate: (module: Uint8Array) => void;
  readonly close: () => Promise<void>;
}

const defaultAskTimeout = 45_000;

/**
 * `module`: the module, or the path of its file, compiled with `--sessions`. Rejects if it is not such a policy, or if
 * the log or the state cannot be used.
 */
export async function openPolicy(
  module: Uint8Array | string | URL,
  options: PolicyOptions,
): Promise<GuardPolicy> {
  const { server, claims, subject, context = {}, onWarning = warn } = options;
  if ((subject === undefined) === (claims === undefined)) {
    throw new TypeError('expected either `subject` or `claims`');
  }
  const identity: Identity | undefined = subject && { properties: {}, ...subject };
  const facts = identity && { identity, context, token: { sub: identity.id } };
  const callerOf = createCallerReader(facts, claims && createTokenReader(claims));
  const bytes = module instanceof Uint8Array ? module : await readFile(module);
  const resultLimits = new Map(
    Object.entries(options.results ?? {}).map(([name, place]) => [name, findResultPlace(place)]),
  );
  const { constraints = [], limits = [], obligations } = options;
  const abilities = {
    obligations: new Set(obligations),
    constraints: new Set([...constraints, ...limits, ...resultLimits.keys()]),
  };
  const store = sqliteStore(options.state);
  let log: DecisionLog | undefined;
  try {
    const logging = { positions: store, onWarning };
    log = options.log === undefined ? undefined : await openLogFile(options.log, logging);
    const guard = await Guard.open({
      module: bytes,
      abilities,
      store,
      log,
      entryPoint: 'middleware',
      mode: options.mode ?? 'enforce',
      facts,
      server,
      session: options.session,
      pins: options.pins,
      resultLimits,
      ask: options.ask ?? 'elicitation',
      askTimeout: options.askTimeout ?? defaultAskTimeout,
      refusal: options.refusal ?? (options.coaz ? 'error' : 'result'),
      isCoaz: options.coaz,
      onRevoked: (reason) => onWarning(`access was revoked: ${reason}`),
      onWarning,
    });
    const close = async () => {
      await guard.close();
      await log?.close();
      store.close();
    };
    let closed: Promise<void> | undefined;
    return {
      guard,
      callerOf,
      onWarning,
      activate: (next) => guard.activate(next, abilities),
      close: () => {
        closed ??= close();
        return closed;
      },
    };
  } catch (error) {
    await log?.close();
    store.close();
    throw error;
  }
}

function warn(warning: string): void {
  console.warn(`nhipol: ${warning}`);
}
