// Terms of SMT-LIB 2.6 as text. Equal terms are defined once and named, so that scripts stay small.

export type Sort = 'Bool' | 'Int' | 'String' | 'RegLan' | `(_ BitVec ${number})`;

/** A term of SMT-LIB, or a name for one. */
export type Term = string;

export const yes: Term = 'true';
export const no: Term = 'false';

/** A term that is longer gets a name. */
const longest = 48;

/** The last character that cvc5 represents; requests may have others. */
export const lastCharacter = 0x2ffff;

/** The declarations, definitions and assertions of a script, in order. */
export class Script {
  readonly #lines: string[] = [];
  readonly #names = new Map<string, Term>();
  #count = 0;
  #isInline = false;

  get lines(): readonly string[] {
    return this.#lines;
  }

  declare(hint: string, sort: Sort): Term {
    const name = this.#fresh(hint);
    this.#lines.push(`(declare-const ${name} ${sort})`);
    return name;
  }

  declareFunction(hint: string, operands: readonly Sort[], sort: Sort): Term {
    const name = this.#fresh(hint);
    this.#lines.push(`(declare-fun ${name} (${operands.join(' ')}) ${sort})`);
    return name;
  }

  assert(term: Term): void {
    if (term !== yes) this.#lines.push(`(assert ${term})`);
  }

  /** Names a long term. */
  nameTerm(term: Term, sort: Sort): Term {
    if (this.#isInline || term.length <= longest || isLiteral(term)) return term;
    const known = this.#names.get(term);
    if (known !== undefined) return known;
    const name = `n${this.#count}`;
    this.#count += 1;
    this.#names.set(term, name);
    this.#lines.push(`(define-fun ${name} () ${sort} ${term})`);
    return name;
  }

  /** Makes a term without new names, for questions about a script that is written. */
  inline<Made>(make: () => Made): Made {
    const before = this.#isInline;
    this.#isInline = true;
    try {
      return make();
    } finally {
      this.#isInline = before;
    }
  }

  // --- conditions --------------------------------------------------------------------------------

  and(...terms: readonly Term[]): Term {
    return this.#junction('and', terms, yes, no);
  }

  or(...terms: readonly Term[]): Term {
    return this.#junction('or', terms, no, yes);
  }

  not(term: Term): Term {
    if (term === yes) return no;
    if (term === no) return yes;
    const inner = /^\(not (\S+)\)$/.exec(term)?.[1];
    return inner ?? this.nameTerm(`(not ${term})`, 'Bool');
  }

  implies(a: Term, b: Term): Term {
    return this.or(this.not(a), b);
  }

  ite(condition: Term, then: Term, otherwise: Term, sort: Sort): Term {
    if (condition === yes || then === otherwise) return then;
    if (condition === no) return otherwise;
    if (sort === 'Bool') {
      if (then === yes) return this.or(condition, otherwise);
      if (then === no) return this.and(this.not(condition), otherwise);
      if (otherwise === yes) return this.or(this.not(condition), then);
      if (otherwise === no) return this.and(condition, then);
    }
    return this.nameTerm(`(ite ${condition} ${then} ${otherwise})`, sort);
  }

  same(a: Term, b: Term): Term {
    if (a === b) return yes;
    if (isLiteral(a) && isLiteral(b)) return no;
    if (a === yes) return b;
    if (b === yes) return a;
    if (a === no) return this.not(b);
    if (b === no) return this.not(a);
    return this.nameTerm(a < b ? `(= ${a} ${b})` : `(= ${b} ${a})`, 'Bool');
  }

  apply(sort: Sort, operator: string, ...operands: readonly Term[]): Term {
    return this.nameTerm(`(${[operator, ...operands].join(' ')})`, sort);
  }

  test(operator: string, ...operands: readonly Term[]): Term {
    return this.apply('Bool', operator, ...operands);
  }

  #junction(operator: 'and' | 'or', terms: readonly Term[], neutral: Term, zero: Term): Term {
    const own = [...new Set(terms)].filter((term) => term !== neutral);
    if (own.includes(zero) || own.some((term) => own.includes(`(not ${term})`))) return zero;
    const [only] = own;
    if (only === undefined) return neutral;
    return own.length === 1 ? only : this.nameTerm(`(${operator} ${own.join(' ')})`, 'Bool');
  }

  #fresh(hint: string): Term {
    this.#count += 1;
    return `|${hint.replace(/[|\\]/g, '_')} ${this.#count}|`;
  }
}

function isLiteral(term: Term): boolean {
  return /^(?:\d+|\(- \d+\)|"(?:[^"]|"")*"|#[bx][0-9a-f]+)$/.test(term);
}

export function integer(value: bigint): Term {
  return value < 0n ? `(- ${-value})` : `${value}`;
}

export function text(value: string): Term {
  const characters = [...value].map((each) => {
    const code = each.codePointAt(0) ?? 0;
    if (each === '"') return '""';
    return code < 0x20 || code > 0x7e || each === '\\' ? `\\u{${code.toString(16)}}` : each;
  });
  return `"${characters.join('')}"`;
}

export function bits(value: bigint, width: number): Term {
  return `#b${value.toString(2).padStart(width, '0')}`;
}
