// The options of a guard over HTTP.

import type { Guard } from '../guard.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface HttpGuardOptions {
  readonly guard: Guard;
  readonly upstream: URL;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /**
   * Clients must send it as `Authorization: Bearer`, and the server does not get it; `undefined` if anybody may call.
   */
  readonly token: string | undefined;
  /**
   * How clients are identified by their tokens, or `undefined` if all of them are the client of the guard's own facts.
   */
  readonly verifier?: TokenVerifier | undefined;
  /** Whether the server gets the tokens that were verified. */
  readonly isTokenForwarded?: boolean | undefined;
  readonly maxMessageBytes: number;
  /**
   * The bytes of all bodies and answers that have not arrived or been read completely. Default: 64 MiB, or four of the longest
   * messages.
   */
  readonly maxWaitingBytes?: number | undefined;
  /** How long a client may take to continue the stream of an answer, in milliseconds. Default: a minute. */
  readonly resumePeriod?: number | undefined;
  readonly onWarning: (warning: string) => void;
}
