// Small policies over a few members, with every construct that lets a condition depend on missing
// data. A seed determines the pseudorandom numbers.

import type { Dice } from '../../../assurance/testing/generate/random.ts';
import { members, type SmallMember, tableName } from './members.ts';

export interface SmallPolicy {
  readonly text: string;
  readonly members: readonly SmallMember[];
}

const head =
  'policy p\nenum Level { LOW < HIGH }\nenum Calm { LOW < HIGH, else LOW }\nenum Wild { LOW < HIGH, else HIGH }\n';

/** With a table, and a constraint for each way of merging. */
const declarations = `external table ${tableName}: Int -> Int
constraint rows: Int smallest wins
constraint group: Int largest wins
constraint names: Set<String> intersects
constraint place: Int must agree
`;

/** A policy about some of the members, by default of all kinds. */
export function smallPolicy(dice: Dice, from: readonly SmallMember[] = members): SmallPolicy {
  const chosen: SmallMember[] = [];
  for (let tries = 0; tries < 12 && chosen.length < 3; tries += 1) {
    const next = dice.pick(from);
    const isInContext = next.of === undefined && next.name !== tableName;
    if (chosen.includes(next) || (chosen.length === 0 && !isInContext)) continue;
    const space = [...chosen, next].reduce((product, { values }) => product * values.length, 1);
    if (space <= 120) chosen.push(next);
  }
  const listDeclarations = (wanted: SmallMember['of']) =>
    chosen.flatMap(({ declaration, of }) => (of === wanted && declaration ? [declaration] : []));
  const fields = listDeclarations(undefined).join(', ');
  const events = (['signal', 'outcome'] as const)
    .filter((kind) => listDeclarations(kind).length > 0)
    .map((kind) => `${kind}s { ${listDeclarations(kind).join(', ')} }\n`)
    .join('');
  const body = new Rules(dice, chosen).all();
  return {
    text: `${head}context { time: Timestamp, ${fields} }\n${events}${declarations}for any {\n${body}\n}\n`,
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
    return this.#chosen.filter(({ name, of }) => name !== tableName && of === undefined);
  }

  get #events(): readonly SmallMember[] {
    return this.#chosen.filter(({ of }) => of !== undefined);
  }

  #name(): string {
    this.#names += 1;
    return `rule${this.#names}`;
  }

  #item(): string {
    switch (this.#dice.int(11)) {
      case 0:
        return this.#writeGiven();
      case 1:
        return this.#score();
      default:
        return this.#rule();
    }
  }

  #writeGiven(): string {
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
    const events = this.#events;
    if (events.length > 0 && this.#dice.chance(450)) return this.#history(this.#dice.pick(events));
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
      case 'm':
      case 'w':
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
      case 'a':
        return this.#ofAmounts(path);
      default:
        return this.#ofList(path);
    }
  }

  // --- history -----------------------------------------------------------------------------------

  #history({ name, of }: SmallMember): string {
    const pattern = () => {
      const where = this.#dice.chance(850) ? ` where ${this.#payload(name)}` : '';
      return `${of} "${name}"${where}`;
    };
    const count = () => `${this.#operator()} 1`;
    const member = { ping: 'm', pong: 'h', mood: 'd', done: 'n' }[name] ?? '';
    const last = `last(${of} "${name}")${name === 'done' ? '.result' : ''}.${member}`;
    switch (this.#dice.int(name === 'done' ? 7 : 5)) {
      case 0:
      case 1:
        return `once(${pattern()})`;
      case 2:
      case 3:
        return `count(${pattern()}) ${count()}`;
      case 4:
        return `since(${pattern()}, ${pattern()})`;
      case 5:
        return this.#ofMember(name, this.#dice.chance(400) ? this.#else(name, last) : last);
      default:
        return `sum(event.result.n of ${pattern()}) ${this.#operator()} ${1 + this.#dice.int(2)}`;
    }
  }

  /** A condition on the payload of an event. */
  #payload(name: string): string {
    const path = { ping: 'event.m', pong: 'event.h', mood: 'event.d', done: 'event.result.n' }[
      name
    ];
    const own = path as string;
    const test = () => this.#ofMember(name, this.#dice.chance(200) ? this.#else(name, own) : own);
    switch (this.#dice.int(6)) {
      case 0:
        return `${own} ${this.#dice.pick(['is present', 'is missing'])}`;
      case 1:
        return `${own} is present and ${test()}`;
      case 2:
        return `${own} is missing or ${test()}`;
      default:
        return test();
    }
  }

  #else(name: string, value: string): string {
    const fallback = { pong: ['true', 'false'], mood: ['LOW', 'HIGH'] }[name] ?? ['0', '2'];
    return `(${value} else ${this.#dice.pick(fallback)})`;
  }

  #ofMember(name: string, value: string): string {
    if (name === 'pong') return this.#dice.chance(300) ? `not ${value}` : value;
    const constant = name === 'mood' ? this.#dice.pick(['LOW', 'HIGH']) : 1;
    return `${value} ${this.#operator()} ${constant}`;
  }

  #ofAmounts(path: string): string {
    const form = this.#dice.pick(['sum', 'min', 'max', 'count']);
    const where = this.#dice.pick([
      '',
      ' where v.v is present',
      ' where v.v is present and v.v > 1',
      ' where known(v.v)',
      ' where (v.v else 0) > 1',
      ' where v.v is missing',
    ]);
    const body = form === 'count' ? '1' : this.#dice.pick(['v.v', '(v.v else 0)', '(v.v else 2)']);
    const kind = form === 'count' ? 'sum' : form;
    return `${kind}(${body} for v in ${path}${where}) ${this.#operator()} 1`;
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
