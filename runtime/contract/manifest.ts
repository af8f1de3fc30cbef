// The manifest: a module's description of itself, as JSON in a custom section. No host needs it to decide.

/** Name of the custom section that holds the manifest as UTF-8 JSON. */
export const manifestSection = 'nhipol.manifest';

/** The type of obligations that become the access request of an answer. */
export const accessRequestType = 'access_request';

export interface Manifest {
  readonly abi: { readonly major: number; readonly minor: number };
  readonly policy: { readonly name: string; readonly version: string };
  /** The version of the compiler, and the SHA-256 of its sources, in hexadecimal. */
  readonly compiler: string;
  readonly sources: string;
  /** Whether the module has vector instructions. */
  readonly simd?: boolean;
  /** Whether the policy declares `context.call_digest`, which covers members that it does not declare. */
  readonly call_digest?: boolean;
  /** The release of the IANA time zones, such as `2026f`, if a window or a calendar field needs them. */
  readonly time_zones?: string;
  /** JSON Schema 2020-12 of the request. */
  readonly schema: unknown;
  /** The obligations that an enforcement point must be able to carry out. */
  readonly obligations?: readonly ManifestObligation[];
  /** The names of the tables that the host fills. */
  readonly tables?: readonly string[];
  readonly bounds?: ManifestBounds;
  /** Whether the module was compiled with `--possible`, so that it exports `could`. */
  readonly possible?: boolean;
  /** Present if the module supports sessions. */
  readonly sessions?: ManifestSessions;
}

export interface ManifestObligation {
  readonly name: string;
  /** The name of the type in AuthZEN. */
  readonly type: string;
}

export interface ManifestSessions {
  /** The bytes that each session takes, without its strings, its collections and its id. */
  readonly bytes: number;
  /** The bytes that the events of all sessions take in the module, without keys that are strings; absent: 0. */
  readonly shared_bytes?: number;
  /**
   * The members of the request that are in the key of a term across sessions, for each key; present if there is such a term.
   * Only strings: other values can be equal although their JSON differs.
   */
  readonly shared_keys?: readonly (readonly string[])[];
  /** The names of the signals, if rules use history terms. */
  readonly signals?: readonly string[];
  /** The JSON Schema 2020-12 of the payload of each signal and outcome that has members. */
  readonly payloads?: Readonly<Record<string, unknown>>;
  /**
   * Whether the context has `approvals`, each with the digest of a call and an end, and the digest of the call
   * itself.
   */
  readonly approvals?: boolean;
}

/** The maximum cost of one call, however hostile the request. */
export interface ManifestBounds {
  /** For the shortest requests to the longest allowed: function calls and loop iterations. */
  readonly steps: readonly StepBounds[];
  /** For a request of at most `bytes`, the steps of `could`; present if the module has this export. */
  readonly could?: readonly (readonly [bytes: number, could: number])[];
  /** Without the pages that tables and sessions take. */
  readonly memory_bytes: number;
}

/** For a request of at most `bytes`; `respond` writes the response. */
export type StepBounds = readonly [bytes: number, decide: number, again: number, respond: number];
