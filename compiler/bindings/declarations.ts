// Generates TypeScript declarations for the requests and decisions of a policy.

import type {
  EncodedEntity,
  EncodedMember,
  EncodedValue,
  Encoding,
  Manifest,
} from '@nhipol/runtime/abi';
import type { Description, TypeDescription } from '../ir/description.ts';

/** A member with more listed names than this has the type `string`. */
const maxNames = 200;

export function generateDeclarations(
  manifest: Manifest,
  description: Description,
  encoding: Encoding,
): string {
  const { subjects, actions, resources } = encoding.selectors;
  const contexts = listContexts(encoding);
  return [
    "import type { Answer, Bindings, DecideOptions, LoadOptions, Policy, TypedPolicy } from '@nhipol/runtime';\n\n",
    '/** The request: an AuthZEN evaluation request, as this policy reads it. */\n',
    'export interface Request {\n',
    '  readonly subject: Subject;\n',
    '  readonly action: Action;\n',
    '  readonly resource: Resource;\n',
    ...(contexts.length === 0
      ? ['  readonly context?: unknown;\n']
      : [`  readonly context${contexts.some(isAllOptional) ? '?' : ''}: Context;\n`]),
    '}\n\n',
    generateEntity('Subject', encoding.subject, 'type', subjects, '  readonly id: string;\n'),
    generateEntity('Action', encoding.action, 'name', actions, ''),
    generateEntity('Resource', encoding.resource, 'type', resources, '  readonly id: string;\n'),
    generateContextType(contexts),
    generateDecision(description),
    '/** The policy, with the types of its requests. Throws `LoadError`, also if the module is another version of the policy. */\n',
    'export function load(bytes: Uint8Array, options?: LoadOptions): BoundPolicy;\n\n',
    '/** For a `load` from elsewhere, such as a bundle: its option `bindings`. */\n',
    'export const bindings: Bindings;\n\n',
    generateSessionTypes(manifest, encoding),
    '/** Also for `createSessions`, whose calls then have these types. */\n',
    'export interface BoundPolicy extends Omit<Policy, Asking>, TypedPolicy<Types> {\n',
    '  decide(request: Request, options?: DecideOptions): Decision;\n',
    '  decideJson(request: Uint8Array | string, options?: DecideOptions): Decision;\n',
    '  decideMany(requests: Iterable<Request>, options?: DecideOptions): readonly Decision[];\n',
    '  again(now: number | bigint | Date): Decision;\n',
    '}\n\n',
    "type Asking = 'decide' | 'decideJson' | 'decideMany' | 'again';\n",
  ].join('');
}

/** The members of the context; with scoped contexts, of each kind of request. */
function listContexts({ context, contexts }: Encoding): readonly (readonly EncodedMember[])[] {
  const all = contexts?.map(({ members }) => members) ?? (context === undefined ? [] : [context]);
  return all.map((members) => members.map(asCallersGive));
}

/** The types do not express which requests have which context. */
function generateContextType(contexts: readonly (readonly EncodedMember[])[]): string {
  const [first, ...others] = new Set(contexts.map((members) => record(members, 0)));
  if (first === undefined) return '';
  if (others.length === 0) return `export interface Context ${first}\n\n`;
  const types = [first, ...others].map((type) => `\n  | ${type.replaceAll('\n', '\n    ')}`);
  return `export type Context =${types.join('')};\n\n`;
}

/** The time is optional, because the clock of the host can supply it. */
function asCallersGive(member: EncodedMember): EncodedMember {
  const isClock = member.name === 'time' && member.value.kind === 'Timestamp';
  if (!isClock) return member;
  const { required: _, ...optional } = member;
  return optional;
}

/** The types of the arguments and results of sessions, other than requests. */
function generateSessionTypes({ sessions }: Manifest, encoding: Encoding): string {
  const paths = generatePathTypes(encoding).map(
    ([path, types]) => `    readonly ${JSON.stringify(path)}: ${[...types].join(' | ')};\n`,
  );
  const signals = (sessions?.signals ?? []).map(
    (name) => `    readonly ${quotePropertyName(name)}: object;\n`,
  );
  return [
    '/** The answer of a session. A revoke is final, also under a later policy without revokes. */\n',
    "export interface SessionDecision extends Omit<Decision, 'effect' | 'reasons'> {\n",
    "  readonly effect: Effect | 'revoke';\n",
    "  readonly reasons: readonly (Reason | 'clock_went_back' | 'revoked_before')[];\n",
    '}\n\n',
    '/** The arguments and results of session calls. */\n',
    'export interface Types {\n',
    '  readonly request: Request;\n',
    '  readonly decision: SessionDecision;\n',
    '  /** The members that `set` can change, by path. */\n',
    paths.length === 0
      ? '  readonly paths: object;\n'
      : `  readonly paths: {\n${paths.join('')}  };\n`,
    signals.length === 0
      ? '  readonly signals: object;\n'
      : `  readonly signals: {\n${signals.join('')}  };\n`,
    '}\n\n',
  ].join('');
}

/**
 * For each path as a policy writes it, the types that the member has in the declarations of its entity.
 */
function generatePathTypes({ subject, action, resource, context = [], contexts = [] }: Encoding) {
  const types = new Map<string, Set<string>>();
  const take = (before: string, members: readonly EncodedMember[]): void => {
    for (const { name, value } of members) {
      const path = `${before}.${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}`;
      types.set(path, (types.get(path) ?? new Set()).add(generateValueType(value, 2)));
      if (value.kind === 'Record') take(path, value.members);
    }
  };
  const roots = { subject, action, resource };
  for (const [root, { shapes }] of Object.entries(roots)) {
    for (const { members } of shapes) take(root, members);
  }
  take('context', context);
  for (const { members } of contexts) take('context', members);
  return [...types];
}

function generateEntity(
  name: string,
  { shapes }: EncodedEntity,
  by: string,
  names: readonly string[],
  rest: string,
): string {
  const isOpen = names.length > maxNames;
  const own = shapes.map(({ selectors, members }) => {
    const listed = selectors.filter((selector) => selector > 0).map((at) => names[at - 1] ?? '');
    return { listed, isAny: selectors.includes(0), members };
  });
  const bare = names.filter((each) => own.every(({ listed }) => !listed.includes(each)));
  // If types are declared, an undeclared type would accept all members, and errors would be reported for
  // it.
  const isUndeclared = own.length === 0;
  const kinds = [
    ...own,
    ...(bare.length > 0 || isUndeclared
      ? [{ listed: bare, isAny: isUndeclared, members: undefined }]
      : []),
  ];
  const types = kinds.map(({ listed, isAny, members }) => {
    const texts = isOpen ? [] : listed.map((each) => JSON.stringify(each));
    // Every other string is accepted as well; editors still offer the names that the policy lists.
    const type = [...texts, ...(isAny || isOpen ? ['(string & {})'] : [])].join(' | ');
    const properties =
      members === undefined
        ? '  readonly properties?: object;\n'
        : `  readonly properties${isAllOptional(members) ? '?' : ''}: ${record(members, 1)};\n`;
    return `{\n  readonly ${by}: ${type || 'never'};\n${rest}${properties}}`;
  });
  return `export type ${name} =${types.map((type) => `\n  | ${type.replaceAll('\n', '\n    ')}`).join('')};\n\n`;
}

function isAllOptional(members: readonly EncodedMember[]): boolean {
  return members.every(({ required }) => required !== true);
}

function record(members: readonly EncodedMember[], level: number): string {
  const indent = '  '.repeat(level);
  const lines = members.map(({ name, required, value }) => {
    const isRequired = required === true;
    return `${indent}  readonly ${quotePropertyName(name)}${isRequired ? '' : '?'}: ${generateValueType(value, level + 1)}${isRequired ? '' : ' | null'};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

function quotePropertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function generateValueType(value: EncodedValue, level: number): string {
  switch (value.kind) {
    case 'Bool':
      return 'boolean';
    case 'Int':
      return 'number | bigint';
    case 'Decimal':
    case 'Duration':
    case 'Seconds':
      return 'number';
    case 'Timestamp':
      return 'string | Date';
    case 'Enum': {
      const names = value.members.map((member) => JSON.stringify(member)).join(' | ');
      return value.otherwise === undefined ? names : `${names} | (string & {})`;
    }
    case 'Record':
      return record(value.members, level);
    case 'Set':
      return `readonly ${parenthesize(generateValueType(value.element, level))}[] | ReadonlySet<${generateValueType(value.element, level)}>`;
    case 'Map':
      return `Readonly<Record<string, ${generateValueType(mapValue(value.element), level)}>>`;
    case 'List':
      return `readonly ${parenthesize(generateValueType(value.element, level))}[]`;
    default:
      value.kind satisfies 'String' | 'SpiffeId' | 'Ip' | 'Cidr';
      return 'string';
  }
}

function mapValue(element: EncodedValue): EncodedValue {
  const value = element.kind === 'Record' ? element.members[1]?.value : undefined;
  if (value === undefined) throw new Error('broken invariant: a map without values');
  return value;
}

function parenthesize(type: string): string {
  const isList = type.startsWith('readonly ');
  return isList || (type.includes(' | ') && !type.startsWith('{')) ? `(${type})` : type;
}

const builtinReasons = ['default_deny', 'invalid_request', 'engine_error'];

function generateDecision({ rules, reasons, constraints, offers }: Description): string {
  const effects = [...new Set([...rules.flatMap((rule) => rule.effects), 'deny'])].sort();
  const ids = [...new Set([...reasons.map(({ id }) => id), ...builtinReasons])];
  const printMembers = (values: Description['constraints']) =>
    values.map(
      ({ name, type }) => `    readonly ${quotePropertyName(name)}?: ${generateJsonType(type)};\n`,
    );
  const limits = printMembers(constraints);
  const omitted = offers.length === 0 ? '' : " | 'lower'";
  return [
    `export type Effect = ${generateUnion(effects)};\n\n`,
    `export type Reason = ${ids.length > maxNames ? 'string' : generateUnion(ids)};\n\n`,
    `export interface Decision extends Omit<Answer, 'effect' | 'reasons' | 'constraints'${omitted}> {\n`,
    '  readonly effect: Effect;\n',
    '  /** The IDs of the rules that decided. */\n',
    '  readonly reasons: readonly Reason[];\n',
    '  /** The limits that a `narrow` sets. */\n',
    limits.length === 0
      ? '  readonly constraints: object;\n'
      : `  readonly constraints: {\n${limits.join('')}  };\n`,
    ...(offers.length === 0
      ? []
      : [
          '  /** The values that a `deny` offers, by path. */\n',
          `  readonly lower: {\n${printMembers(offers).join('')}  };\n`,
        ]),
    '}\n\n',
  ].join('');
}

/** The type of a value as it is in an answer. */
function generateJsonType(type: TypeDescription): string {
  switch (type.kind) {
    case 'Bool':
      return 'boolean';
    case 'Int':
      return 'number | bigint';
    case 'Decimal':
    case 'Duration':
      return "Answer['constraints'][string]";
    case 'Enum':
      return generateUnion(type.members);
    case 'Set':
      return `readonly ${parenthesize(generateJsonType(type.element))}[]`;
    default:
      type.kind satisfies 'String' | 'Timestamp' | 'SpiffeId' | 'Ip' | 'Cidr';
      return 'string';
  }
}

function generateUnion(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(' | ');
}
