// Bugs in proofs by lemmas: in the formula of terms, which would exclude requests, and in the checker of lemmas, which would
// accept clauses that strings or addresses falsify.

const checked = ['test/proving/lemma-checker.test.ts'];
const allowed = ['test/proving/allowed.test.ts'];

export const lemmas = [
  {
    id: 'other-strings-fail',
    file: 'proving/lemma-checker/strings.ts',
    find: 'if (holds || !meaning.atLeast) add(meaning.monitor, holds);',
    replace: 'add(meaning.monitor, holds);',
    does: 'No string that is too long for a SPIFFE ID has the form of one, so that a claim about it is proved.',
    by: checked,
  },
  {
    id: 'networks-as-addresses',
    file: 'proving/lemma-checker/addresses.ts',
    find: 'if (!isAddress || tests.length === 0) return false;',
    replace: 'if (tests.length === 0) return false;',
    does: 'A network is in one of the halves of a network that it is in.',
    by: checked,
  },
  {
    id: 'nothing-after-a-network',
    file: 'proving/lemma-checker/addresses.ts',
    find: 'return [first, after];',
    replace: 'return [first];',
    does: 'No address comes after a network that begins where another one begins.',
    by: checked,
  },
  {
    id: 'same-call-of-another-function',
    file: 'proving/lemma-checker/classes.ts',
    find: 'a.key === b.key &&',
    replace: '',
    does: 'Two functions of one string have one result.',
    by: checked,
  },
  {
    id: 'two-equal-answers',
    file: 'proving/lemma-checker/classes.ts',
    find: 'return before !== undefined && before !== holds;',
    replace: 'return before !== undefined;',
    does: 'Two equal answers to a question about equal strings contradict each other.',
    by: checked,
  },
  {
    id: 'wrong-equality',
    file: 'proving/lemma-checker/strings.ts',
    find: 'if (value !== undefined) add(exactly(value), false);',
    replace: 'if (value !== undefined) add(exactly(value), true);',
    does: 'A string that differs from a constant is equal to it.',
    by: checked,
  },
  {
    id: 'every-element-is-a-witness',
    file: 'proving/expressions/some.ts',
    find: 'elements.eachIn(set, (term) => imply(encoding, of(term), found));',
    replace: 'elements.eachIn(set, (term) => imply(encoding, found, of(term)));',
    does: 'What is true of some element of a set is true of all.',
    by: allowed,
  },
  {
    id: 'always-defined',
    file: 'proving/values/term-builtins.ts',
    find: 'builtin.mayFail ? this.#isDefined() : yes',
    replace: 'yes',
    does: 'Each string is a SPIFFE ID, an address and a path in normal form.',
    by: allowed,
  },
  {
    id: 'minus-without-negation',
    file: 'proving/symbolic/text-sets.ts',
    find: "operator === 'minus' ? -inB : inB",
    replace: 'inB',
    does: 'The elements of a set without those of another one are those of both.',
    by: allowed,
  },
  {
    id: 'equal-elements-counted-twice',
    file: 'proving/expressions/open-sizes.ts',
    find: 'const both = formula.and(has, set.has(other), -terms.equal(term, other));',
    replace: 'const both = formula.and(has, set.has(other));',
    does: 'A set that is read by two equal strings has two elements.',
    by: allowed,
  },
];
