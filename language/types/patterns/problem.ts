// Why a text is no pattern: what is underlined and what is said of it. Thrown within the front ends
// and turned into a value at their door (pattern.ts).

export interface PatternProblem {
  readonly code: 'bad-pattern' | 'unsupported-pattern' | 'pattern-too-large';
  /** Offsets into the pattern's text. */
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

export function refuse(
  code: PatternProblem['code'],
  start: number,
  end: number,
  why: string,
  help?: string,
): never {
  throw new PatternRefused({ code, start, end, why, help });
}
