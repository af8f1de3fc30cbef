// A request for the oracle: takes plain JSON and returns the members that a scenario's rules read. Reports what is
// invalid; `undefined` is an unknown value. Shares nothing with the language, which it tests.

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

export type Kind =
  | 'text'
  | 'flag'
  | 'count'
  | 'instant'
  | 'seconds'
  | 'texts'
  | 'objects'
  | 'object';

/** The facts by dotted path from the request's root. */
export type Members = Readonly<Record<string, Kind>>;

export interface Schema {
  readonly members: Members;
  readonly required: readonly string[];
}

const always: Members = {
  subject: 'object',
  'subject.type': 'text',
  'subject.id': 'text',
  'subject.properties': 'object',
  action: 'object',
  'action.name': 'text',
  'action.properties': 'object',
  resource: 'object',
  'resource.type': 'text',
  'resource.id': 'text',
  'resource.properties': 'object',
};

const alwaysRequired = [
  'subject.type',
  'subject.id',
  'action.name',
  'resource.type',
  'resource.id',
];

const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

const firstInstant = Date.parse('0000-01-01T00:00:00Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

type State = 'absent' | 'present' | 'faulty';

export class Facts {
  readonly #request: Json;
  readonly #members: Members;
  readonly #required: readonly string[];

  /** Without a schema only the members that every request requires are checked. */
  constructor(request: Json, schema: Schema) {
    this.#request = request;
    this.#members = { ...always, ...withContainers(schema.members) };
    this.#required = [...alwaysRequired, ...schema.required];
  }

  /** Whether the request is valid, as far as the rules read it. */
  get valid(): boolean {
    return (
      Object.keys(this.#members).every((path) => this.state(path) !== 'faulty') &&
      this.#required.every((path) => this.state(path) === 'present')
    );
  }

  get now(): number | undefined {
    return this.instant('context.time');
  }

  state(path: string): State {
    const value = this.#value(path);
    if (value === 'faulty') return 'faulty';
    return value === undefined ? 'absent' : 'present';
  }

  text(path: string): string | undefined {
    return this.#usable(path, (value) => value as string);
  }

  readChoice(path: string, list: readonly string[]): string | undefined {
    const text = this.text(path);
    return text !== undefined && list.includes(text) ? text : undefined;
  }

  spiffeId(path: string): string | undefined {
    const text = this.text(path);
    return text !== undefined && isSpiffeId(text) ? text : undefined;
  }

  flag(path: string): boolean | undefined {
    return this.#usable(path, (value) => value as boolean);
  }

  /** An absent counter is 0. */
  count(path: string): number | undefined {
    if (this.state(path) === 'absent') return 0;
    const count = this.#usable(path, (value) => value as number);
    return count !== undefined && Math.abs(count) < 2 ** 63 ? count : undefined;
  }

  /** Milliseconds since the epoch. A count of seconds may be beyond the range of instants. */
  instant(path: string): number | undefined {
    const at = this.#usable(path, (value) =>
      typeof value === 'number' ? Math.trunc(value * 1000) : Date.parse(value as string),
    );
    return at !== undefined && at >= firstInstant && at <= lastInstant ? at : undefined;
  }

  /** An absent set is empty. */
  texts(path: string): readonly string[] | undefined {
    if (this.state(path) === 'absent') return [];
    return this.#usable(path, (value) => [...new Set(value as string[])]);
  }

  /** The number of elements of an array; 0 if it is absent. */
  length(path: string): number | undefined {
    if (this.state(path) === 'absent') return 0;
    return this.#usable(path, (value) => (value as Json[]).length);
  }

  /** Whether an instant is not certainly within the last seconds, with a tolerance of one minute. */
  isOlder(seconds: number, path: string): boolean {
    const [at, now] = [this.instant(path), this.now];
    return at === undefined || now === undefined || now - at > seconds * 1000 || at - now > 60_000;
  }

  /** An object that contains required members is required itself, and without it everything in it is unknown. */
  #isRequired(container: string): boolean {
    if (container === 'context' || container.endsWith('.properties')) return false;
    return this.#required.some((path) => path.startsWith(`${container}.`));
  }

  #usable<T>(path: string, read: (value: Json) => T): T | undefined {
    const value = this.#value(path);
    return value === undefined || value === 'faulty' ? undefined : read(value.json);
  }

  #value(path: string): { json: Json } | undefined | 'faulty' {
    let value: Json = this.#request;
    const names = path.split('.');
    for (const [index, name] of names.entries()) {
      if (!isObject(value)) return 'faulty';
      const next: Json | undefined = Object.hasOwn(value, name) ? value[name] : undefined;
      const soFar = names.slice(0, index + 1).join('.');
      if (next === undefined || next === null) {
        return index < names.length - 1 && this.#isRequired(soFar) ? 'faulty' : undefined;
      }
      const kind = this.#members[soFar] ?? 'object';
      if (!isOfKind(kind, next)) return 'faulty';
      value = next;
    }
    return { json: value };
  }
}

function withContainers(members: Members): Members {
  const all: Record<string, Kind> = {};
  for (const path of Object.keys(members)) {
    const names = path.split('.');
    for (let length = 1; length < names.length; length++) {
      all[names.slice(0, length).join('.')] = 'object';
    }
  }
  return { ...all, ...members };
}

export function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfKind(kind: Kind, value: Json): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'flag':
      return typeof value === 'boolean';
    case 'count':
      return typeof value === 'number' && Number.isInteger(value);
    case 'seconds':
      return typeof value === 'number';
    case 'instant':
      return (
        typeof value === 'string' && instantForm.test(value) && !Number.isNaN(Date.parse(value))
      );
    case 'texts':
      return Array.isArray(value) && value.every((element) => typeof element === 'string');
    case 'objects':
      return Array.isArray(value) && value.every(isObject);
    case 'object':
      return isObject(value);
  }
}

/** SPIFFE-ID §2, parsed part by part. */
function isSpiffeId(text: string): boolean {
  const [scheme, nothing, trustDomain = '', ...path] = text.split('/');
  return (
    scheme === 'spiffe:' &&
    nothing === '' &&
    /^[a-z0-9._-]{1,255}$/.test(trustDomain) &&
    path.every((segment) => /^[A-Za-z0-9._-]+$/.test(segment) && !/^\.\.?$/.test(segment)) &&
    text.length <= 2048
  );
}
