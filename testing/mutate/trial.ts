// The door of mutation testing. A policy's files come in, checked and with tests that pass; for each
// mutant it goes out whether the policy's own claims notice it, and else a request that would tell it
// from the policy. The same seed finds the same.

import { check } from '../../language/check.ts';
import { type LoadedFile, load } from '../../language/checker/load.ts';
import { applyFixes } from '../../language/diagnostics/fix.ts';
import {
  hasErrors,
  type ParsedFiles,
  type Policy,
  Reporter,
  unmeasured,
} from '../../language/index.ts';
import { everyExpr } from '../../language/model/operands.ts';
import { exprsOfRule, exprsOfScore } from '../../language/model/reads.ts';
import type { SourceMap } from '../../language/support/source.ts';
import { isVocabulary } from '../../language/vocabulary/vocabulary.ts';
import { type Aim, aimOf } from './aimed.ts';
import { Claims, type Killer } from './killing.ts';
import { type Mutant, mutantsOf } from './mutants.ts';
import type { Operator } from './operator.ts';
import { differing, sameMeaning } from './same-meaning.ts';
import { type Witness, Witnesses, type WitnessOptions } from './witness.ts';

export type Outcome =
  | { readonly kind: 'killed'; readonly by: Killer }
  | { readonly kind: 'survived'; readonly witness: Witness }
  /** Its rules are the same, written otherwise. */
  | { readonly kind: 'equivalent' }
  /** No request told them apart; or it is about the events of a session, which requests have none of. */
  | { readonly kind: 'undecided'; readonly why: 'samples' | 'sessions' }
  /** It is no policy. */
  | { readonly kind: 'invalid' };

export class MutationTrial {
  readonly #entry: string;
  readonly #sources: SourceMap;
  readonly #policy: Policy;
  /** As they are, without what the policy claims of itself. */
  readonly #judged: ReadonlyMap<string, string>;
  readonly #parsed: ParsedFiles = new Map();
  readonly #claims: Claims;
  readonly #witnesses: Witnesses;
  readonly #files: readonly LoadedFile[];

  constructor(entry: string, sources: SourceMap, policy: Policy, options: WitnessOptions) {
    this.#entry = entry;
    this.#sources = sources;
    this.#policy = policy;
    this.#claims = new Claims(policy);
    this.#witnesses = new Witnesses(policy, options);
    this.#files = [...load(entry, sources, new Reporter()).files.values()];
    this.#judged = new Map(this.#files.map((file) => [file.path, withoutClaims(file)]));
    this.#policyOf(new Map(), this.#parsed);
  }

  mutants(operators: readonly Operator[]): readonly Mutant[] {
    const own = this.#files.filter(({ path }) => !isVocabulary(path));
    return mutantsOf(own, this.#files, operators);
  }

  /** The claim that does not hold of the policy itself. */
  failing(): Killer | undefined {
    return this.#claims.failingOn(this.#policy);
  }

  /** The text of a mutant's file. */
  textOf({ edits, span, does }: Mutant, texts: SourceMap = this.#sources): string {
    const fixed = applyFixes([{ title: does, edits }], (file) => texts.get(file));
    return fixed.texts.get(span.file) ?? '';
  }

  try(mutant: Mutant): Outcome {
    const text = this.textOf(mutant, this.#judged);
    const policy = this.#policyOf(new Map([[mutant.span.file, text]]), new Map(this.#parsed));
    if (policy === undefined) return { kind: 'invalid' };
    if (sameMeaning(this.#policy, policy)) return { kind: 'equivalent' };
    const by = this.#claims.failingOn(policy);
    if (by !== undefined) return { kind: 'killed', by };
    const witness = this.#witnesses.against(policy, this.#aimAt(mutant));
    if (witness !== undefined) return { kind: 'survived', witness };
    return { kind: 'undecided', why: this.#asksEvents(policy) ? 'sessions' : 'samples' };
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

  #asksEvents(policy: Policy): boolean {
    const changed = differing(this.#policy, policy);
    const exprs = changed.flatMap((each) =>
      'bands' in each ? exprsOfScore(each) : exprsOfRule(each),
    );
    return [...everyExpr(exprs)].some(({ kind }) => kind === 'History');
  }
}

/** Everything else stays where it is. */
function withoutClaims({ text, node }: LoadedFile): string {
  return node.items
    .filter(({ kind }) => kind === 'Test' || kind === 'Invariant')
    .reduce((left, { span: { start, end } }) => {
      const blank = left.slice(start, end).replace(/[^\n]/g, ' ');
      return left.slice(0, start) + blank + left.slice(end);
    }, text);
}
