// Small policies over a few members, with every construct that lets a condition depend on missing
// data. A seed determines the pseudorandom numbers.

import type { Dice } from '../../../testing/generate/random.ts';
import { members, type SmallMember, tableName } from './members.ts';

export interface SmallPolicy {
  readonly text: string;
  readonly members: readonly SmallMember[];
}

export const head = 'policy p\nenum Level { LOW < HIGH }\n';

/** With a table, and a constraint for each way of merging. */
const declarations = `external table ${tableName}: Int -> Int
constraint rows: Int smallest wins
constraint group: Int largest wins
constraint names: Set<String> intersects
constraint place: Int must agree
`;

export function smallPolicy(dice: Dice): SmallPolicy {
  const chosen: SmallMember[] = [];
  for (let tries = 0; tries < 12 && chosen.length < 3; tries += 1) {
    const next = dice.pick(members);
    if (chosen.includes(next) || (chosen.length === 0 && next.name === tableName)) continue;
    const space = [...chosen, next].reduce((product, { values }) => product * values.length, 1);
    if (space <= 120) chosen.push(next);
  }
  const fields = chosen.flatMap(({ declaration }) => declaration || []).join(', ');
  const body = new Rules(dice, chosen).all();
  return {
    text: `${head}context { time: Timestamp, ${fields} }\n${declarations}for any {\n${body}\n}\n`,
    members: chosen,
  };
}

class Rules {
  readonly #dice: Dice;
  readonly #chosen: readonly SmallMember[];
  #names = 0;

  constructor(dice: Dice, chosen: readonly SmallMember[]) {
    this.#dice = dice;
    this.#chosen = chosen;
  }

  all(): string {
    const permit = this.#dice.chance(650)
      ? `permit ${this.#name()} otherwise`
      : `permit ${this.#name()} when ${this.#condition(2, true)}`;
    const others = Array.from({ length: 1 + this.#dice.int(1) }, () => this.#item());
    return [permit, ...others].join('\n');
  }

  get #members(): readonly SmallMember[] {
    return this.#chosen.filter(({ name }) => name !== tableName);
  }

  #name(): string {
    this.#names += 1;
    return `rule${this.#names}`;
  }

  #item(): string {
    switch (this.#dice.int(11)) {
      case 0:
        return this.#given();
      case 1:
        return this.#score();
      default:
        return this.#rule();
    }
  }

  #given(): string {
    const { name } = this.#dice.pick(this.#members);
    const value = name === 'r' && this.#dice.chance(700) ? 'context.r.level' : `context.${name}`;
    const otherwise = this.#dice.pick([
      'ignore',
      `{ ${this.#rule()} }`,
      `{ permit ${this.#name()} otherwise }`,
    ]);
    return `given it = ${value} { ${this.#rule()} } otherwise ${otherwise}`;
  }

  #score(): string {
    const weights = [1 + this.#dice.int(2), 1 + this.#dice.int(2)];
    const conditions = weights.map(
      (weight) => `${this.#name()} counts ${weight} when ${this.#condition(1, false)}`,
    );
    return `score ${this.#name()} {\n${conditions.join('\n')}\nfrom ${1 + this.#dice.int(2)} ${this.#dice.pick(['challenge', 'deny', 'narrow to { rows: 1 }'])}\n}`;
  }

  #rule(): string {
    const effect = this.#dice.pick([
      'permit',
      'narrow',
      'narrow',
      'challenge',
      'deny',
      'deny',
      'revoke',
    ]);
    const permits = effect === 'permit';
    const always = !permits && effect === 'narrow' && this.#dice.chance(400);
    const condition: string = always ? '' : ` when ${this.#condition(2, permits)}`;
    const skip = !permits && !always && this.#dice.chance(150) ? ', if unknown skip' : '';
    return `${effect} ${this.#name()}${condition}${skip}${effect === 'narrow' ? this.#narrowing() : ''}`;
  }

  #narrowing(): string {
    const number = (): string => this.#number(1, false);
    const values: readonly (readonly [string, () => string])[] = [
      ['rows', number],
      ['group', number],
      ['place', number],
      ['names', () => this.#set(1)],
      ['rows', () => '1'],
    ];
    const [constraint, value] = this.#dice.pick(values);
    const unless = this.#dice.chance(400) ? ` or deny unless ${this.#condition(1, false)}` : '';
    return ` to { ${constraint}: ${value()} }${unless}`;
  }

  // --- conditions --------------------------------------------------------------------------------

  /** A permit must not read `latest`. */
  #condition(depth: number, permits: boolean): string {
    if (depth === 0 || this.#dice.chance(300)) return this.#atom(permits);
    const inner = () => this.#condition(depth - 1, permits);
    switch (this.#dice.int(6)) {
      case 0:
        return `not (${inner()})`;
      case 1:
      case 2:
        return `(${inner()} and ${inner()})`;
      case 3:
        return `(${inner()} or ${inner()})`;
      case 4:
        return `(if ${inner()} then ${inner()} else ${inner()})`;
      case 5:
        return `((${inner()}) implies ${inner()})`;
      default:
        return `((${inner()}) else ${this.#dice.pick(['true', 'false'])})`;
    }
  }

  #atom(permits: boolean): string {
    const { name } = this.#dice.pick(this.#members);
    const path = `context.${name}`;
    const presence = () => `${path} ${this.#dice.pick(['is present', 'is missing'])}`;
    if (this.#dice.chance(120)) return name === 'q' ? 'context.q > 0' : presence();
    if (this.#dice.chance(80)) return `known(${path})`;
    switch (name) {
      case 'n':
      case 'k':
      case 'g':
      case 'q':
        return this.#dice.chance(850)
          ? `${this.#number(1, permits)} ${this.#operator()} ${this.#dice.int(1)}`
          : `${path} in { 0, ${1 + this.#dice.int(1)} }`;
      case 'b':
      case 'd':
      case 't':
        return this.#dice.chance(700)
          ? path
          : `(${path} else ${this.#dice.pick(['true', 'false'])})`;
      case 'e':
      case 'f':
        return this.#level(path);
      case 's':
      case 'o':
        return this.#ofSet(path);
      case 'r': {
        if (this.#dice.chance(150)) return 'known(context.r.level)';
        if (this.#dice.chance(100)) return 'context.r.level is missing';
        const latest = !permits && this.#dice.chance(300);
        return this.#level(latest ? 'latest(context.r.level)' : 'context.r.level');
      }
      default:
        return this.#ofList(path);
    }
  }

  #operator(): string {
    return this.#dice.pick(['is', 'is not', '<', '<=', '>', '>=']);
  }

  #level(path: string): string {
    const value = this.#dice.chance(300)
      ? `(${path} else ${this.#dice.pick(['LOW', 'HIGH'])})`
      : path;
    return this.#dice.chance(200)
      ? `${value} in { ${this.#dice.pick(['LOW', 'HIGH'])} }`
      : `${value} ${this.#operator()} ${this.#dice.pick(['LOW', 'HIGH'])}`;
  }

  #ofSet(path: string): string {
    const value = this.#set(1, path);
    const element = this.#dice.pick(['"x"', '"y"']);
    switch (this.#dice.int(7)) {
      case 0:
        return `${element} in ${value}`;
      case 1:
        return `${element} not in ${value}`;
      case 2:
        return `${value} intersects { ${element} }`;
      case 3:
        return `${value} within { ${element} }`;
      case 4:
        return `${value} not within { ${element} }`;
      case 5:
        return `size(${value}) ${this.#operator()} ${this.#dice.int(1)}`;
      case 6:
        return `size(${value} minus { ${element} }) is 0`;
      default:
        return `(${this.#dice.pick(['any', 'all'])} v in ${value} satisfies v ${this.#dice.pick(['is', 'is not'])} ${element})`;
    }
  }

  #set(depth: number, own?: string): string {
    const sets = this.#chosen.filter(({ name }) => name === 's' || name === 'o');
    const path = own ?? (sets.length === 0 ? undefined : `context.${this.#dice.pick(sets).name}`);
    if (path === undefined) return '{ "x" }';
    return depth > 0 && this.#dice.chance(250)
      ? `(${path} else ${this.#dice.pick(['{ "x" }', '{ "x", "y" }'])})`
      : path;
  }

  #number(depth: number, permits: boolean): string {
    const numbers = this.#chosen.filter(({ name }) => ['n', 'k', 'g', 'q'].includes(name));
    if (numbers.length === 0) return '1';
    const path = `context.${this.#dice.pick(numbers).name}`;
    if (depth === 0) return path;
    switch (this.#dice.int(7)) {
      case 0:
        return `(${path} else ${this.#dice.int(1)})`;
      case 1:
        return `(${this.#number(depth - 1, permits)} + 1)`;
      case 2:
        return this.#chosen.some(({ name }) => name === tableName)
          ? `(sizes[${path}] else ${this.#dice.int(1)})`
          : path;
      case 3:
        return `(if ${this.#condition(0, permits)} then ${path} else ${this.#dice.int(1)})`;
      default:
        return path;
    }
  }

  #ofList(path: string): string {
    const body = this.#dice.pick([
      'v.p',
      'not v.p',
      'v.p is present',
      'v.p is missing',
      'v.p is present and v.p',
      '(v.p else true)',
      '(v.p else false)',
      'known(v.p) and not v.p',
    ]);
    return this.#dice.chance(850)
      ? `(${this.#dice.pick(['any', 'all'])} v in ${path} satisfies ${body})`
      : `size(${path}) ${this.#operator()} ${this.#dice.int(1)}`;
  }
}
