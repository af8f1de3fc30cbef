// Bugs in what checks a policy: the checker, and the analysis behind warnings.

export const checker = [
  {
    id: 'range-decided-at-its-end',
    file: 'language/checker/intervals.ts',
    find: "'<=': [a.max <= b.min, a.min > b.max],",
    replace: "'<=': [a.max <= b.min, a.min >= b.max],",
    does: 'A comparison that holds at the last value of a declared range alone is warned of as never so.',
  },
  {
    id: 'two-ages-subtracted',
    file: 'language/checker/time.ts',
    find: 'Math.abs(first.ages) + Math.abs(second.ages) > 1;',
    replace: 'Math.abs(first.ages) + Math.abs(second.ages) > 2;',
    does: 'The difference of two ages is taken, though each is cut off at zero and no edge of it can be told.',
  },
  {
    id: 'limit-not-reached',
    file: 'language/checker/narrowing.ts',
    find: "return { kind: 'Compare', operator: '<=', left: present, right: value, type: bool, span };",
    replace:
      "return { kind: 'Compare', operator: '<', left: present, right: value, type: bool, span };",
    does: 'A request that asks for just as much as a `narrow` allows is denied.',
  },
  {
    id: 'window-of-events-in-constraint',
    file: 'language/checker/steady.ts',
    find: `      (part.kind === 'History' && 'within' in part.term && part.term.within !== undefined) ||
`,
    replace: '',
    does: 'A constraint or message may be made of what happened in the last hour, and is out of date before the answer is.',
    becameTest: true,
  },
  {
    id: 'over-the-weekend',
    file: 'language/checker/windows.ts',
    find: 'const count = ((to - from + 7) % 7) + 1;',
    replace: 'const count = Math.abs(to - from) + 1;',
    does: 'A window of Fri..Mon is open until Tuesday.',
  },
  {
    id: 'longer-freshness-fits',
    file: 'language/checker/fitting.ts',
    find: 'if (expected.fresh !== undefined && expected.fresh !== found.fresh)',
    replace: 'if (expected.fresh !== undefined && found.fresh === undefined)',
    does: 'A predicate that asks for facts of the last five minutes takes facts of the last day.',
  },
  {
    id: 'shadowed-by-a-challenge',
    file: 'language/lint/shadowing-rules.ts',
    find: "const own = effect === 'permit' ? 'challenge' : strictest;",
    replace: "const own = effect === 'permit' ? 'narrow' : strictest;",
    does: 'A permit is warned of as without effect where a challenge fires whenever it does, though the challenge rests on it.',
  },
  {
    id: 'never-at-the-one-value',
    file: 'language/lint/domain.ts',
    find: `      return [a.max >= b.min, a.min < b.max];
`,
    replace: `      return [a.max > b.min, a.min < b.max];
`,
    does: 'A rule that fires at the last value of a range alone is warned of as one that never does.',
  },
  {
    id: 'actor-chain-within',
    file: 'language/checker/rules.ts',
    find: "if (expr.members.some((member) => member.name === 'actor_chain')) {",
    replace: "if (expr.members.at(-1)?.name === 'actor_chain') {",
    does: 'A permit may rest on a member within `actor_chain`, which says who acted before and not who acts now.',
    becameTest: true,
  },
  {
    id: 'score-under-a-given',
    file: 'language/checker/rules.ts',
    find: 'this.#scores.length > scoresBefore;',
    replace: 'this.#scores.length > scoresBefore + 1;',
    does: 'A score under a `given` without `otherwise` is taken, and restricts nothing where the value is unknown.',
    becameTest: true,
  },
  {
    id: 'leading-stars-without-the-root',
    file: 'language/types/patterns/segments.ts',
    find: 'const root = rooted && segments[0] === rest ? [repeat(between, 0, 1)] : [];',
    replace: 'const root = rooted && segments[0] === rest ? [repeat(between, 0, 0)] : [];',
    does: 'A deny with the glob `**/.ssh/**` does not fire on `/home/u/.ssh/id_rsa`.',
  },
  {
    id: 'search-at-the-start-only',
    file: 'language/types/patterns/tree.ts',
    find: 'return sequence([any, tree, any]);',
    replace: 'return sequence([tree, any]);',
    does: 'A deny that searches for `curl` does not fire on `sudo curl http://x`.',
  },
  {
    id: 'word-list-in-a-permit',
    file: 'language/lint/word-lists.ts',
    find: "return matchesIn(condition, effect !== 'permit');",
    replace: 'return matchesIn(condition, true);',
    does: 'A permit for what does not match `curl|wget` gets no warning, though it stands for `curl http://x`.',
  },
  {
    id: 'extended-glob-within-a-segment',
    file: 'language/types/patterns/glob.ts',
    find: "    this.#notice('glob');\n",
    replace: "    if (start === 0) this.#notice('glob');\n",
    does: 'The glob `/etc/!(*.pub)` is taken as it stands without a warning.',
  },
];
