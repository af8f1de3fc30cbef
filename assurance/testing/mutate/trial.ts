// Mutation testing: takes the checked files of a policy whose tests pass. For each mutant, reports whether the
// policy's own tests and invariants detect it, and otherwise a request or a session that distinguishes it from the
// policy. The same seed gives the same result.

import {
  applyFixes,
  check,
  hasErrors,
  isVocabulary,
  type LoadedFile,
  loadFiles,
  type ParsedFiles,
  Reporter,
} from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel } from '@nhipol/language/model';
import { type SourceMap, skipMeasure } from '@nhipol/language/support';
import { Claims, fails, type Killer } from './kill-check.ts';
import { createMutants, type Mutant } from './mutants.ts';
import type { Operator } from './operator.ts';
import { asTest } from './render-test.ts';
import { isSameInSessions } from './same-in-sessions.ts';
import { hasEqualDeclarations, hasSameMeaning } from './same-meaning.ts';
import { SessionWitnesses } from './session-witness.ts';
import { type Aim, createAim } from './targeted.ts';
import {
  type MutantSessionWitness,
  type Witness,
  Witnesses,
  type WitnessOptions,
} from './witness.ts';

export type MutantOutcome =
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

/** A proof that two policies have equal answers, or a request that shows a difference, or `undefined` for neither. */
export type PolicyComparer = (
  before: PolicyModel,
  after: PolicyModel,
) => PolicyComparison | undefined;

type PolicyComparison =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly request: string };

export interface TrialOptions extends WitnessOptions {
  /** Compares the policy with mutants that are not distinguished otherwise. */
  readonly compare?: PolicyComparer | undefined;
}

export class MutationTrial {
  readonly #entry: string;
  readonly #sources: SourceMap;
  readonly #policy: PolicyModel;
  readonly #compare: PolicyComparer | undefined;
  /** The sources without tests and invariants. */
  readonly #judged: ReadonlyMap<string, string>;
  readonly #parsed: ParsedFiles = new Map();
  readonly #claims: Claims;
  readonly #witnesses: Witnesses;
  readonly #sessionWitnesses: SessionWitnesses;
  readonly #files: readonly LoadedFile[];

  constructor(entry: string, sources: SourceMap, policy: PolicyModel, options: TrialOptions) {
    this.#entry = entry;
    this.#sources = sources;
    this.#policy = policy;
    this.#compare = options.compare;
    this.#claims = new Claims(policy);
    this.#witnesses = new Witnesses(policy, options);
    this.#sessionWitnesses = new SessionWitnesses(policy, options);
    this.#files = [...loadFiles(entry, sources, new Reporter()).files.values()];
    this.#judged = new Map(this.#files.map((file) => [file.path, withoutClaims(file)]));
    this.#checkPolicy(new Map(), this.#parsed);
  }

  mutants(operators: readonly Operator[]): readonly Mutant[] {
    const policyFiles = this.#files.filter(({ path }) => !isVocabulary(path));
    return createMutants(policyFiles, this.#files, operators);
  }

  /** The test or invariant that fails on the policy itself. */
  failing(): Killer | undefined {
    return this.#claims.findKiller(this.#policy);
  }

  /** The source of the mutant's file. */
  getMutantSource({ edits, span, does }: Mutant, texts: SourceMap = this.#sources): string {
    const fixed = applyFixes([{ title: does, edits }], (file) => texts.get(file));
    return fixed.texts.get(span.file) ?? '';
  }

  try(mutant: Mutant): MutantOutcome {
    const text = this.getMutantSource(mutant, this.#judged);
    const policy = this.#checkPolicy(new Map([[mutant.span.file, text]]), new Map(this.#parsed));
    if (policy === undefined) return { kind: 'invalid' };
    if (hasSameMeaning(this.#policy, policy)) return { kind: 'equivalent', where: 'everywhere' };
    const by = this.#claims.findKiller(policy);
    if (by !== undefined) return { kind: 'killed', by };
    if (isSameInSessions(this.#policy, policy)) return { kind: 'equivalent', where: 'sessions' };
    const witness =
      this.#witnesses.against(policy, this.#aimMutant(mutant)) ?? this.#findSessionWitness(policy);
    if (witness !== undefined) return { kind: 'survived', witness };
    return (
      this.#compareMutant(policy) ?? {
        kind: 'undecided',
        tried: this.#readsHistory(policy) ? 'sessions' : 'requests',
      }
    );
  }

  #compareMutant(mutant: PolicyModel): MutantOutcome | undefined {
    const compared = this.#compare?.(this.#policy, mutant);
    if (compared?.kind === 'equal' && hasEqualDeclarations(this.#policy, mutant))
      return { kind: 'equivalent', where: 'proved' };
    if (compared?.kind !== 'different') return undefined;
    const witness = this.#witnesses.findWitness(mutant, compared.request);
    return witness && { kind: 'survived', witness };
  }

  #findSessionWitness(mutant: PolicyModel): Witness | undefined {
    if (!this.#readsHistory(mutant)) return undefined;
    return this.#sessionWitnesses.against(mutant, (witness) => this.#isNoticed(mutant, witness));
  }

  #readsHistory(mutant: PolicyModel): boolean {
    return [this.#policy, mutant].some((policy) => collectPolicyHistory(policy).length > 0);
  }

  /** Whether the test that is rendered from the session passes on the policy and fails on the mutant. */
  #isNoticed(mutant: PolicyModel, witness: MutantSessionWitness): boolean {
    const text = asTest(this.#policy, 'mutant', witness);
    if (text === undefined) return false;
    const before = this.#judged.get(this.#entry) ?? '';
    const changed = new Map([[this.#entry, `${before}\n${text}`]]);
    const [test] = this.#checkPolicy(changed, new Map(this.#parsed))?.tests ?? [];
    return test !== undefined && !fails(this.#policy, test) && fails(mutant, test);
  }

  #checkPolicy(changed: SourceMap, parsed: ParsedFiles): PolicyModel | undefined {
    const sources = new Map([...this.#sources, ...this.#judged, ...changed]);
    const loading = { parsed, measure: skipMeasure, withoutWarnings: true };
    const { policy, diagnostics } = check(this.#entry, sources, loading);
    return hasErrors(diagnostics) ? undefined : policy;
  }

  #aimMutant({ operator, edits }: Mutant): Aim {
    const before = edits.map(({ span: { file, start, end } }) =>
      (this.#sources.get(file) ?? '').slice(start, end),
    );
    return createAim(operator, edits, before);
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
