// The functions that the page calls in the worker, and their results. All of it can be cloned between threads.

import type { EffectName } from '@nhipol/runtime/abi';

/** The files of a policy by path; `entry` names the one with the `policy` header. */
export interface PolicyFiles {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface PolicyService {
  /** The files that the language server reads for policies that are open in the editor. */
  readonly provide: (files: PolicyFiles) => Promise<void>;
  readonly describe: (policy: PolicyFiles) => Promise<PolicyOverview>;
  /** Decides the request, JSON. Without `context.time` it is decided at `now`, in milliseconds. */
  readonly decide: (
    policy: PolicyFiles,
    request: string,
    now: number,
  ) => Promise<ShownAnswer | Failed>;
  /** Performs the steps in a session that opens with the request; one more answer than steps. */
  readonly play: (
    policy: PolicyFiles,
    request: string,
    steps: readonly PlaygroundStep[],
    now: number,
  ) => Promise<Played | Failed>;
  readonly compare: (before: PolicyFiles, after: PolicyFiles) => Promise<ComparisonHtml | Failed>;
}

export interface Failed {
  /** A sentence. */
  readonly failure: string;
}

export function isFailed<Result extends object>(result: Result | Failed): result is Failed {
  return 'failure' in result;
}

/** Without `form`, the policy has errors. */
export interface PolicyOverview {
  readonly name: string;
  readonly form: RequestForm | undefined;
  readonly signals: readonly SignalForm[];
  readonly tests: number;
  readonly invariants: number;
  readonly errors: number;
}

// --- forms ---------------------------------------------------------------------------------------

export interface RequestForm {
  readonly entities: readonly EntityForm[];
  /** The context of all requests, and of those that a scoped context applies to. */
  readonly context: readonly Field[];
  readonly scopedContexts: readonly ScopedFields[];
}

export interface EntityForm {
  readonly root: 'subject' | 'action' | 'resource';
  /** The member that chooses the fields: `type`, or `name` of an action. */
  readonly chooser: 'type' | 'name';
  readonly kinds: readonly EntityKind[];
  /** The fields of the kinds that are not listed, if the policy accepts others. */
  readonly others: readonly Field[] | undefined;
}

interface EntityKind {
  readonly name: string;
  readonly fields: readonly Field[];
}

interface ScopedFields {
  /** `undefined` for all. */
  readonly subjects: readonly string[] | undefined;
  readonly actions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly fields: readonly Field[];
}

export interface SignalForm {
  readonly name: string;
  readonly isOutcome: boolean;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly optional: boolean;
  /** As it is declared, such as `Int(0..9)`. */
  readonly type: string;
  readonly control: InputControl;
}

export type InputControl =
  | { readonly kind: 'flag' }
  | { readonly kind: 'number'; readonly isWhole: boolean }
  | { readonly kind: 'text'; readonly example: string }
  | { readonly kind: 'instant' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** Strings, one in each line. */
  | { readonly kind: 'words' }
  | { readonly kind: 'record'; readonly fields: readonly Field[] }
  | { readonly kind: 'json' };

// --- results -------------------------------------------------------------------------------------

export interface ShownAnswer {
  readonly effect: EffectName;
  readonly reasons: readonly string[];
  /** RFC 3339, or `undefined` if there is no limit. */
  readonly validUntil: string | undefined;
  readonly explanationHtml: string;
  /** The AuthZEN response, formatted JSON. */
  readonly response: string;
}

export type PlaygroundStep =
  | { readonly kind: 'decide'; readonly request: string }
  | { readonly kind: 'signal'; readonly name: string; readonly payload: string }
  | { readonly kind: 'wait'; readonly milliseconds: number };

export interface Played {
  /** At opening, and after each step. */
  readonly moments: readonly Moment[];
}

export interface Moment extends ShownAnswer {
  /** RFC 3339. */
  readonly at: string;
  readonly instant: number;
  /** Why the step was refused; the answer is the one without it. */
  readonly refused?: string;
}

export interface ComparisonHtml {
  /** The blocks of the page with the differences. */
  readonly html: string;
}
