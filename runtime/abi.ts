// The module contract, version 1, as numbers and types: what a compiled policy exports, where it
// puts an answer, and what its manifest says. ABI.md tells the same in words.

export const abiMajor = 1;
export const abiMinor = 2;

/** Name of the custom section that holds the manifest as UTF-8 JSON. */
export const manifestSection = 'nhipol.manifest';

/** From the loosest to the strictest; the module gives an effect as its place here. */
export const effectNames = ['permit', 'narrow', 'challenge', 'deny', 'revoke'] as const;

export type EffectName = (typeof effectNames)[number];

/** How `decide` takes its instant: `now` overrules the request's time, or stands in for it. */
export const clock = { host: 0, request: 1 } as const;

/** The type of obligations that an answer tells apart, as its access request. Since 1.2. */
export const accessRequestType = 'access_request';

/** Byte offsets in the result; integers are little-endian and unsigned. */
export const resultLayout = {
  /** u32 */
  effect: 0,
  /** u32, a set of `resultFlags` */
  flags: 4,
  /** f64, milliseconds since the epoch; +Infinity: time alone changes nothing */
  validUntil: 8,
  /** u32 each: code (0: none), index into `paths`, index into `found`, bytes from the text's start */
  errorCode: 16,
  errorPath: 20,
  errorFound: 24,
  errorOffset: 28,
  /** u32 × 4: the places in arrays that the path's `[]` stand for, outermost first */
  errorIndexes: 32,
  /** u32: how many reasons follow at the exported `reasons` */
  reasonCount: 48,
  /** u32 each: 1 + index into the manifest's `selectors`, 0 for names that it does not list */
  subject: 52,
  action: 56,
  resource: 60,
  size: 64,
} as const;

export const resultFlags = {
  /** No permit fired, and no deny either. */
  defaultDeny: 1,
  /** The request was at fault. */
  invalid: 2,
} as const;

/** One fired reason, 16 bytes: u32 index into `reasons`, u32 1 when unknown, u64 unknown paths. */
export const reasonLayout = { index: 0, firedOnUnknown: 4, unknown: 8, size: 16 } as const;

/**
 * A value, 16 bytes: i64, or u32 pointer and u32 length (bytes of text or of an address, elements
 * of a set); u8
 * whether it is there; u8 whether it is known. An enum is its member's place, a Bool 0 or 1, a time
 * or duration milliseconds; a set's elements are such cells.
 */
export const cellLayout = {
  value: 0,
  pointer: 0,
  length: 4,
  present: 8,
  known: 9,
  size: 16,
} as const;

/** What became of a table that was to be loaded, 32 bytes: u32 each, none being 2^32 - 1. */
export const outcomeLayout = {
  /** As in `errors.codes`; 0: it was loaded. */
  code: 0,
  /** 0 and 1 a key, 2 the value, 3 an element of it. */
  place: 4,
  found: 8,
  /** Bytes from the text's start, as the next two: the quotes of the keys that lead to the fault. */
  offset: 12,
  firstKey: 16,
  secondKey: 20,
  /** Its place in an array, if it lies in one. */
  element: 24,
  /** How much more memory it takes, in pages of 64 KiB. */
  missingPages: 28,
  size: 32,
} as const;

/** There if the manifest lists `tables`. Since 1.2. */
export interface TableExports {
  /** Makes room for tables of so many pages of 64 KiB; gives how many there are. */
  readonly reserve: (pages: number) => number;
  /** Where to write a text of so many bytes; 0: more memory is missing. */
  readonly table_text: (length: number) => number;
  /** Fills a table, by its place in the manifest, from the text; gives what `outcomeLayout.code` says. */
  readonly load_table: (index: number) => number;
  /** Empties it: every look-up is unknown. */
  readonly drop_table: (index: number) => void;
  readonly table_outcome: () => number;
}

export interface ModuleExports extends Partial<TableExports> {
  readonly memory: WebAssembly.Memory;
  readonly abi_major: WebAssembly.Global;
  readonly abi_minor: WebAssembly.Global;
  /** Addresses. */
  readonly result: WebAssembly.Global;
  readonly reasons: WebAssembly.Global;
  readonly constraints: WebAssembly.Global;
  readonly placeholders: WebAssembly.Global;
  /** Since 1.1. */
  readonly properties?: WebAssembly.Global;
  readonly manifest: WebAssembly.Global;
  readonly manifest_length: WebAssembly.Global;
  /** Where to write a request of so many bytes; 0 when it is too long. */
  readonly request: (length: number) => number;
  /**
   * Reads the request and judges it. `now` is in milliseconds, NaN for none; `clock` as above.
   * Returns the address of the result. Constraints are cells in the manifest's order.
   */
  readonly decide: (length: number, now: number, clock: number) => number;
  /** Judges the request read last once more, at another instant. */
  readonly again: (now: number) => number;
  /** Fills in the reasons' unknown paths, the placeholders of their messages and their properties. */
  readonly explain: () => void;
  /** The instant of evaluation in milliseconds, NaN for none. Since 1.2. */
  readonly instant?: () => number;
}

// --- the manifest --------------------------------------------------------------------------------

export interface Manifest {
  readonly abi: { readonly major: number; readonly minor: number };
  readonly policy: { readonly name: string; readonly version: string };
  /** The compiler's version, and SHA-256 over the sources, in hexadecimal. */
  readonly compiler: string;
  readonly sources: string;
  /** Whether the module has vector instructions. */
  readonly simd?: boolean;
  /** The release of the IANA time zones, such as `2026f`, where a window or a calendar field needs them. */
  readonly time_zones?: string;
  /** JSON Schema 2020-12 of the request. */
  readonly schema: unknown;
  readonly selectors: {
    readonly subjects: readonly string[];
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  };
  /** What an error may point at: a JSONPath, with `[]` for places in arrays, and what it expects. */
  readonly paths: readonly { readonly path: string; readonly expected: string }[];
  readonly errors: {
    readonly codes: Readonly<
      Record<string, { readonly name: string; readonly expected?: string; readonly found?: string }>
    >;
    readonly found: readonly string[];
  };
  readonly reasons: readonly ManifestReason[];
  /** Rules and scores, for telling what an answer read. */
  readonly rules: readonly ManifestRule[];
  /** The strings of a request by which rules are chosen. */
  readonly choosers: readonly string[];
  readonly constraints: readonly ManifestConstraint[];
  readonly placeholders: readonly TypeDescription[];
  /** Since 1.1. */
  readonly obligations?: readonly ManifestObligation[];
  /** What obligations say: the types of the cells at the exported `properties`. Since 1.1. */
  readonly properties?: readonly TypeDescription[];
  /** Those that the host fills. Since 1.2. */
  readonly tables?: readonly ManifestTable[];
}

/** What an error expects is told in words, as by `paths`. */
export interface ManifestTable {
  readonly name: string;
  /** One, or two. */
  readonly keys: readonly { readonly type: TypeDescription; readonly expected: string }[];
  readonly value: {
    readonly type: TypeDescription;
    readonly expected: string;
    /** Of a set. */
    readonly element?: string;
  };
}

export interface ManifestReason {
  readonly id: string;
  /** Texts and indexes into `placeholders`, in turn; none: no message. */
  readonly message: readonly (string | number)[];
  readonly covers: readonly string[];
  readonly source: { readonly file: string; readonly line: number; readonly column: number };
  /** The path or table behind each bit of the unknown mask, bit 0 first. */
  readonly unknown: readonly string[];
  /** What it asks for in an answer of this effect. */
  readonly asks?: { readonly effect: EffectName; readonly obligations: readonly ManifestDemand[] };
}

export interface ManifestDemand {
  /** Index into `obligations`. */
  readonly obligation: number;
  /** By name, indexes into `properties`. */
  readonly properties: Readonly<Record<string, number>>;
}

export interface ManifestObligation {
  readonly name: string;
  /** AuthZEN's name for it. */
  readonly type: string;
  readonly properties: readonly {
    readonly name: string;
    readonly type: TypeDescription;
    readonly optional?: boolean;
  }[];
}

export interface ManifestRule {
  /** The effects at which it can fire; `deny` too where a narrow or a revoke may fall to it. */
  readonly effects: readonly EffectName[];
  readonly subjects?: readonly string[];
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly read: readonly string[];
}

export interface ManifestConstraint {
  readonly name: string;
  readonly type: TypeDescription;
  readonly merge: string;
  readonly limits?: string;
}

export type TypeDescription =
  | {
      readonly kind:
        | 'Bool'
        | 'Int'
        | 'Decimal'
        | 'String'
        | 'Timestamp'
        | 'Duration'
        | 'SpiffeId'
        | 'Ip'
        | 'Cidr';
    }
  | { readonly kind: 'Enum'; readonly name: string; readonly members: readonly string[] }
  | { readonly kind: 'Set'; readonly element: TypeDescription };
