// The reason why a pattern is not valid, with its span. The parsers throw it; pattern.ts returns it as a
// value.

export interface PatternProblem {
  readonly code: 'bad-pattern' | 'unsupported-pattern' | 'pattern-too-large';
  /** Offsets in the pattern's text. */
  readonly start: number;
  readonly end: number;
  readonly why: string;
  readonly help: string | undefined;
}

export class PatternRefused extends Error {
  readonly problem: PatternProblem;
  constructor(problem: PatternProblem) {
    super(problem.why);
    this.problem = problem;
  }
}

/** Throws the problem of a pattern. */
export function refuse(
  code: PatternProblem['code'],
  start: number,
  end: number,
  why: string,
  help?: string,
): never {
  throw new PatternRefused({ code, start, end, why, help });
}
