// Generates history terms as conditions: each form of term, over decisions, signals and outcomes, with conditions, keys and
// windows, of one session and of all.

import type { ExpressionSource } from './expression-source.ts';

interface Drawn {
  /** `allowed doing "act.run"`, without condition and key. */
  readonly events: string;
  readonly conditions: readonly string[];
  /** Comparisons with the current request. */
  readonly correlations: readonly string[];
  readonly keys: readonly string[];
  readonly summands: readonly (readonly [member: string, kind: 'Int' | 'Decimal'])[];
}

const scopes: readonly (readonly [text: string, isRun: boolean])[] = [
  ['', false],
  [' doing "act.run"', true],
  [' doing glob"act.*"', false],
  [' doing runs on door', false],
  [' on doors', false],
  [' doing act on "big box"', false],
];
const ofCalls = [
  'event.action.level is HIGH',
  'event.action.level <= MEDIUM',
  '"a" in event.action.tags',
  'event.action.name is "act"',
  'event.resource.count > 2',
  'event.resource.label is missing',
  'event.resource.id is "prod"',
  '(any tag in event.action.tags satisfies tag in usual)',
];
const ofDecisions = ['event.effect is narrow', 'event.effect >= challenge'];
const ofRuns = ['event.action.amount > 2', 'size(event.action.steps) > 0'];
const ofSignals = [
  'event.s is "a"',
  'event.n > 3',
  'event.level >= MEDIUM',
  '"x" in event.tags',
  'known(event.s)',
];
const ofResults = ['event.result.rows > 5', 'event.result.source is plain'];
const callCorrelations = [
  'event.resource.id is subject.id',
  'event.action.name is context.s',
  'context.level is event.action.level',
  'event.resource.label is context.u',
  'event.resource.count is context.j',
  'event.action.tags is present and event.resource.label is resource.id',
];
const signalCorrelations = [
  'event.s is context.s',
  'event.s is resource.id',
  'event.n is context.j',
  'action.level is event.level',
  'event.level is context.level',
];
const resultCorrelations = [
  'event.result.rows is resource.count',
  'event.result.source is context.kind',
];
const callKeys = [
  'resource.id',
  'resource.type',
  'action.name',
  'action.level',
  'resource.label',
  'resource.count',
];
const requestKeys = ['subject.id', 'subject.type', 'context.s', 'context.j', 'context.level'];
const windows = [
  '1ms',
  '90s',
  '5m',
  '1h',
  'today in "Europe/London"',
  'this week in "UTC"',
  'this month in "America/Havana"',
];
const orders = ['is', 'is not', '<', '<=', '>', '>='];

export class History {
  readonly #expressions: ExpressionSource;

  constructor(expressions: ExpressionSource) {
    this.#expressions = expressions;
  }

  /** `depth`: that of the values with which terms are compared. */
  condition(depth: number): string {
    const { draw } = this.#expressions;
    return draw.one(
      () => this.#once(),
      () => this.#once(),
      () => this.#count(),
      () => this.#count(),
      () => this.#sum(),
      () => this.#since(),
      () => this.#last(depth),
    );
  }

  #once(): string {
    const [pattern, within] = this.#addWindow(this.#events());
    return `once(${pattern}${within})`;
  }

  #count(): string {
    const { draw } = this.#expressions;
    const [pattern, within] = this.#addWindow(this.#events());
    return `(count(${pattern}${within}) ${draw.pick(orders)} ${draw.int(3)})`;
  }

  #sum(): string {
    const { draw } = this.#expressions;
    const events = draw.one(
      () => this.#signals('ping'),
      () => this.#outcomes(),
      () => this.#decisions([' doing "act.run"', true]),
    );
    const [member, kind] = draw.pick(events.summands);
    const [pattern, within] = this.#addWindow(events);
    const added = draw.pick(this.#listAddends(kind));
    const bound = draw.pick(kind === 'Int' ? ['0', '3', '12', 'context.j'] : ['0.5', '12.5']);
    return `(sum(${member} of ${pattern}${within})${added} ${draw.pick(orders)} ${bound})`;
  }

  /** A number of the request, added to a sum. */
  #listAddends(kind: 'Int' | 'Decimal'): readonly string[] {
    if (kind === 'Decimal') return ['', ' + context.price', ' + context.rate'];
    const own = ['', ' + context.j', ' + context.i', ' + resource.count'];
    return this.#expressions.scope.can('run') ? [...own, ' + action.amount'] : own;
  }

  #since(): string {
    return `since(${this.#pattern(this.#events())}, ${this.#pattern(this.#events())})`;
  }

  #last(depth: number): string {
    const { draw } = this.#expressions;
    const events = draw.one(
      () => this.#decisions(),
      () => this.#outcomes(),
    );
    const last = `last(${this.#pattern(events)})`;
    const of = (kind: 'Timestamp' | 'Level' | 'String' | 'Int') =>
      this.#expressions.of(kind, depth);
    return draw.one(
      () => `(${last}.time ${draw.pick(orders)} ${of('Timestamp')})`,
      () => `(age(${last}.time) > ${draw.pick(['90s', '5m', 'context.d'])})`,
      () => `(${last}.action.level ${draw.pick(orders)} ${of('Level')})`,
      () => `(${last}.resource.label is ${of('String')})`,
      () => `(${last}.resource.count <= ${of('Int')})`,
      () => `known(${last}.action.tags)`,
    );
  }

  // --- patterns ------------------------------------------------------------------------------------

  #events(): Drawn {
    const { draw } = this.#expressions;
    return draw.one(
      () => this.#decisions(),
      () => this.#decisions(),
      () => this.#signals(draw.pick(['ping', 'ping', 'pong now'])),
      () => this.#outcomes(),
    );
  }

  #decisions([scope, isRun] = this.#expressions.draw.pick(scopes)): Drawn {
    const { draw } = this.#expressions;
    return {
      events: `${draw.pick(['decided', 'allowed', 'refused'])}${scope}`,
      conditions: [...ofDecisions, ...ofCalls, ...(isRun ? ofRuns : [])],
      correlations: callCorrelations,
      keys: callKeys,
      summands: [['event.action.amount', 'Int']],
    };
  }

  #signals(name: string): Drawn {
    return {
      events: `signal "${name}"`,
      conditions: name === 'ping' ? ofSignals : [],
      correlations: name === 'ping' ? signalCorrelations : [],
      keys: [],
      summands: [['event.n', 'Int']],
    };
  }

  #outcomes(): Drawn {
    const [scope, isRun] = this.#expressions.draw.pick(scopes);
    return {
      events: `outcome "done"${scope}`,
      conditions: [...ofResults, ...ofCalls, ...(isRun ? ofRuns : [])],
      correlations: [...resultCorrelations, ...callCorrelations],
      keys: callKeys,
      summands: [
        ['event.result.rows', 'Int'],
        ['event.result.fee', 'Decimal'],
      ],
    };
  }

  /** A pattern of one session or of all, and its window. */
  #addWindow(events: Drawn): readonly [pattern: string, within: string] {
    const { draw } = this.#expressions;
    const within = `, within ${draw.pick(windows)}`;
    if (!draw.once(4)) return [this.#pattern(events), draw.once(3) ? '' : within];
    const keys = [...requestKeys, ...events.keys];
    const correlation = this.#correlation(events);
    const key = `across sessions per ${this.#members(keys, correlation)} up to ${1 + draw.int(3)}`;
    const conditions = [this.#condition(events.conditions), correlation];
    return [`${events.events}${writeWhere(conditions)} ${key}`, within];
  }

  #pattern(events: Drawn): string {
    const { draw } = this.#expressions;
    const correlation = this.#correlation(events);
    const where = writeWhere([this.#condition(events.conditions), correlation]);
    const key = this.#key(events.keys, correlation);
    // Without `up to`, there are more places than generated sessions have values.
    const limit =
      correlation === '' || key !== '' || draw.once(4) ? '' : ` up to ${1 + draw.int(2)}`;
    return `${events.events}${where}${key}${limit}`;
  }

  /** An empty string if there is none. */
  #condition(conditions: readonly string[]): string {
    const { draw } = this.#expressions;
    if (conditions.length === 0 || draw.once(2)) return '';
    const one = () => draw.pick(conditions);
    return draw.one(
      one,
      one,
      () => `(${one()} or ${one()})`,
      () => `not (${one()})`,
    );
  }

  /** An empty string if there is none. */
  #correlation({ correlations }: Drawn): string {
    const { draw } = this.#expressions;
    if (correlations.length === 0 || !draw.once(3)) return '';
    return draw.pick(correlations);
  }

  #key(keys: readonly string[], correlation: string): string {
    const { draw } = this.#expressions;
    if (keys.length === 0 || !draw.once(3)) return '';
    return ` per ${this.#members(keys, correlation)} up to ${1 + draw.int(2)}`;
  }

  /** The members of a key, of which several are in brackets; a correlation is one more. */
  #members(keys: readonly string[], correlation: string): string {
    const { draw } = this.#expressions;
    if (!draw.once(3)) return draw.pick(keys);
    const members = Array.from({ length: 1 + draw.int(correlation === '' ? 3 : 2) }, () =>
      draw.pick(keys),
    );
    // The formatter removes brackets around one.
    return members.length === 1 ? members.join() : `(${members.join(', ')})`;
  }
}

function writeWhere(conditions: readonly string[]): string {
  const written = conditions.filter((condition) => condition !== '');
  return written.length === 0 ? '' : ` where ${written.join(' and ')}`;
}
