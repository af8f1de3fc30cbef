// Mutation testing: takes the checked files of a policy whose tests pass. For each mutant, reports whether the
// policy's own tests and invariants detect it, and otherwise a request or a session that distinguishes it from the
// policy. The same seed gives the same result.

import {
  applyFixes,
  check,
  hasErrors,
  isVocabulary,
  type LoadedFile,
  load,
  type ParsedFiles,
  Reporter,
} from '@nhipol/language';
import { historyIn, type Policy } from '@nhipol/language/model';
import { type SourceMap, unmeasured } from '@nhipol/language/support';
import { Claims, fails, type Killer } from './kill-check.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import type { Operator } from './operator.ts';
import { asTest } from './render-test.ts';
import { sameInSessions } from './same-in-sessions.ts';
import { sameDeclarations, sameMeaning } from './same-meaning.ts';
import { SessionWitnesses } from './session-witness.ts';
import { type Aim, aimOf } from './targeted.ts';
import { type SessionWitness, type Witness, Witnesses, type WitnessOptions } from './witness.ts';

export type Outcome =
  | { readonly kind: 'killed'; readonly by: Killer }
  | { readonly kind: 'survived'; readonly witness: Witness }
  /**
   * `everywhere`: its rules are the same, written differently. `sessions`: it gives the same answers in every
   * session. `proved`: it is proved that effects, reasons, constraints and names of obligations are equal.
   */
  | { readonly kind: 'equivalent'; readonly where: 'everywhere' | 'sessions' | 'proved' }
  /** No difference was found, and none excluded; `tried` is requests only, or sessions as well. */
  | { readonly kind: 'undecided'; readonly tried: 'requests' | 'sessions' }
  /** It is not a valid policy. */
  | { readonly kind: 'invalid' };

/** A proof that two policies have equal answers, or a request that shows a difference; undefined: neither. */
export type Compare = (before: Policy, after: Policy) => Compared | undefined;

type Compared =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly request: string };

export interface TrialOptions extends WitnessOptions {
  /** Compares the policy with mutants that are not distinguished otherwise. */
  readonly compare?: Compare | undefined;
}

export class MutationTrial {
  readonly #entry: string;
  readonly #sources: SourceMap;
  readonly #policy: Policy;
  readonly #compare: Compare | undefined;
  /** The sources without tests and invariants. */
  readonly #judged: ReadonlyMap<string, string>;
  readonly #parsed: ParsedFiles = new Map();
  readonly #claims: Claims;
  readonly #witnesses: Witnesses;
  readonly #sessionWitnesses: SessionWitnesses;
  readonly #files: readonly LoadedFile[];

  constructor(entry: string, sources: SourceMap, policy: Policy, options: TrialOptions) {
    this.#entry = entry;
    this.#sources = sources;
    this.#policy = policy;
    this.#compare = options.compare;
    this.#claims = new Claims(policy);
    this.#witnesses = new Witnesses(policy, options);
    this.#sessionWitnesses = new SessionWitnesses(policy, options);
    this.#files = [...load(entry, sources, new Reporter()).files.values()];
    this.#judged = new Map(this.#files.map((file) => [file.path, withoutClaims(file)]));
    this.#policyOf(new Map(), this.#parsed);
  }

  mutants(operators: readonly Operator[]): readonly Mutant[] {
    const own = this.#files.filter(({ path }) => !isVocabulary(path));
    return mutantsOf(own, this.#files, operators);
  }

  /** The test or invariant that fails on the policy itself. */
  failing(): Killer | undefined {
    return this.#claims.failingOn(this.#policy);
  }

  /** The source of the mutant's file. */
  textOf({ edits, span, does }: Mutant, texts: SourceMap = this.#sources): string {
    const fixed = applyFixes([{ title: does, edits }], (file) => texts.get(file));
    return fixed.texts.get(span.file) ?? '';
  }

  try(mutant: Mutant): Outcome {
    const text = this.textOf(mutant, this.#judged);
    const policy = this.#policyOf(new Map([[mutant.span.file, text]]), new Map(this.#parsed));
    if (policy === undefined) return { kind: 'invalid' };
    if (sameMeaning(this.#policy, policy)) return { kind: 'equivalent', where: 'everywhere' };
    const by = this.#claims.failingOn(policy);
    if (by !== undefined) return { kind: 'killed', by };
    if (sameInSessions(this.#policy, policy)) return { kind: 'equivalent', where: 'sessions' };
    const witness =
      this.#witnesses.against(policy, this.#aimAt(mutant)) ?? this.#sessionAgainst(policy);
    if (witness !== undefined) return { kind: 'survived', witness };
    return (
      this.#compared(policy) ?? {
        kind: 'undecided',
        tried: this.#readsHistory(policy) ? 'sessions' : 'requests',
      }
    );
  }

  #compared(mutant: Policy): Outcome | undefined {
    const compared = this.#compare?.(this.#policy, mutant);
    if (compared?.kind === 'equal' && sameDeclarations(this.#policy, mutant))
      return { kind: 'equivalent', where: 'proved' };
    if (compared?.kind !== 'different') return undefined;
    const witness = this.#witnesses.given(mutant, compared.request);
    return witness && { kind: 'survived', witness };
  }

  #sessionAgainst(mutant: Policy): Witness | undefined {
    if (!this.#readsHistory(mutant)) return undefined;
    return this.#sessionWitnesses.against(mutant, (witness) => this.#isNoticed(mutant, witness));
  }

  #readsHistory(mutant: Policy): boolean {
    return [this.#policy, mutant].some((policy) => historyIn(policy).length > 0);
  }

  /** Whether the test that is rendered from the session passes on the policy and fails on the mutant. */
  #isNoticed(mutant: Policy, witness: SessionWitness): boolean {
    const text = asTest(this.#policy, 'mutant', witness);
    if (text === undefined) return false;
    const before = this.#judged.get(this.#entry) ?? '';
    const changed = new Map([[this.#entry, `${before}\n${text}`]]);
    const [test] = this.#policyOf(changed, new Map(this.#parsed))?.tests ?? [];
    return test !== undefined && !fails(this.#policy, test) && fails(mutant, test);
  }

  #policyOf(changed: SourceMap, parsed: ParsedFiles): Policy | undefined {
    const sources = new Map([...this.#sources, ...this.#judged, ...changed]);
    const loading = { parsed, measure: unmeasured, withoutWarnings: true };
    const { policy, diagnostics } = check(this.#entry, sources, loading);
    return hasErrors(diagnostics) ? undefined : policy;
  }

  #aimAt({ operator, edits }: Mutant): Aim {
    const before = edits.map(({ span: { file, start, end } }) =>
      (this.#sources.get(file) ?? '').slice(start, end),
    );
    return aimOf(operator, edits, before);
  }
}

/** Every other part keeps its position. */
function withoutClaims({ text, node }: LoadedFile): string {
  return node.items
    .filter(({ kind }) => kind === 'Test' || kind === 'Invariant')
    .reduce((left, { span: { start, end } }) => {
      const blank = left.slice(start, end).replace(/[^\n]/g, ' ');
      return left.slice(0, start) + blank + left.slice(end);
    }, text);
}
