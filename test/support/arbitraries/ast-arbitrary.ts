// Arbitraries for syntax trees with every kind of node, and with unusual names and strings. Trees without
// a source (a negative weight, an empty string between placeholders) are excluded.

import {
  type BinaryNode,
  type BinaryOperator,
  type ChangeNode,
  type DecimalNode,
  type DurationNode,
  type EventWord,
  type ExprNode,
  type FileNode,
  type GroupItemNode,
  type IntNode,
  type ItemNode,
  type NameNode,
  reservedWords,
  type ScopeNameNode,
  type SettingNode,
  type StepNode,
  type StringNode,
} from '@nhipol/language/syntax';
import type { EffectName } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import type {
  AddressNode,
  DemandNode,
  EachNode,
  EventPatternNode,
  JsonNode,
  JsonObjectNode,
  MessageNode,
  PatternNode,
  RecordTypeNode,
  RequestNode,
  StepStart,
  TimestampNode,
  TypeNode,
} from '../../../language/syntax/ast.ts';
import { precedences } from '../../../language/syntax/to-ast/precedence.ts';
import { periodUnits } from '../../../language/types/time/period.ts';
import { windowArbitrary } from './window-arbitrary.ts';

const span = { file: '', start: 0, end: 0 };

function node<const K extends string, P>(
  kind: K,
  parts: { [N in keyof P]: fc.Arbitrary<P[N]> },
): fc.Arbitrary<P & { kind: K; span: typeof span }> {
  return fc
    .record<P>(parts)
    .map((rest) => ({ kind, span, ...rest }) as P & { kind: K; span: typeof span });
}

const freeWords = [
  'a',
  'level',
  'MEDIUM',
  '_x9',
  'subject',
  'action',
  'resource',
  'context',
  'deny',
  'permit',
  'present',
  'missing',
  'from',
  'counts',
  'unless',
  'unknown',
  'contains',
  'matches',
  'separated',
  'case',
  'regex',
  'starts_with',
  'under',
  'for',
  'window',
  'last',
  'except',
  'where',
  'predicate',
  'function',
  'once',
  'count',
  'since',
  'decided',
  'refused',
  'signal',
  'signals',
  'across',
  'sessions',
  'per',
  'up',
  'session',
  'after',
  'ask',
  'times',
  'each',
  'expect',
  'until',
  'fixture',
  'version',
  'table',
  'fresh',
  'secret',
  'seconds',
  'doing',
  'on',
  'test',
  'with',
  'Set',
  'policy',
];
const freeWord = fc.constantFrom(...freeWords);
const word = fc.oneof(freeWord, fc.constantFrom(...reservedWords));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('', '{', '}}', '"', '\\', '\n', '\u200b', 'e\u0301', '\ud83d\ude00', 'a.b-c'),
);

const name = (of: fc.Arbitrary<string>): fc.Arbitrary<NameNode> =>
  of.map((spelling) => ({ kind: 'Name', span, text: spelling, quoted: false }));
const quotedName: fc.Arbitrary<NameNode> = text.map((spelling) => ({
  kind: 'Name',
  span,
  text: spelling,
  quoted: true,
}));
const plainName = name(word);
const anyName = fc.oneof({ weight: 3, arbitrary: plainName }, quotedName);
/** A name except `any`, which means all names. */
const listName = anyName.filter(({ text: spelling, quoted }) => quoted || spelling !== 'any');
const controlId = fc.oneof(
  name(fc.constantFrom('NHI5:2025', 'ASI02', 'PR.AA-05', '800-207', 'A.5.15', 'x/y', 'covers')),
  quotedName,
);

const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(of, { nil: undefined });
const few = <T>(of: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(of, { minLength, maxLength: 3 });

const string: fc.Arbitrary<StringNode> = text.map((value) => ({ kind: 'String', span, value }));
const count: fc.Arbitrary<IntNode> = fc
  .bigInt({ min: 0n, max: 2n ** 63n - 1n })
  .map((value) => ({ kind: 'Int', span, value }));
const word64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 12_500_000n, -1_000_000n),
);
const number: fc.Arbitrary<IntNode | DecimalNode> = fc.oneof(
  word64.map((value): IntNode => ({ kind: 'Int', span, value })),
  word64.map((millionths): DecimalNode => ({ kind: 'Decimal', span, millionths })),
);
const timestamp: fc.Arbitrary<TimestampNode> = fc.constantFrom(
  { kind: 'Timestamp', span, milliseconds: 0n, text: '1970-01-01T00:00Z' },
  { kind: 'Timestamp', span, milliseconds: 3_601_250n, text: '1970-01-01T02:00:01.2509+01:00' },
);
const duration = fc.constantFrom<DurationNode>(
  { kind: 'Duration', span, milliseconds: 250n, text: '250ms' },
  { kind: 'Duration', span, milliseconds: 604_800_000n, text: '7d' },
);
const address = fc.constantFrom<AddressNode>(
  { kind: 'Address', span, type: 'Ip', value: '10.0.0.1', text: '10.0.0.1' },
  { kind: 'Address', span, type: 'Ip', value: 'a::', text: 'A::' },
  { kind: 'Address', span, type: 'Ip', value: '10.0.0.1', text: '::ffff:10.0.0.1' },
  { kind: 'Address', span, type: 'Ip', value: 'a:b:c:d:e:f:0:9', text: 'a:b:c:d:e:f:0:9' },
  { kind: 'Address', span, type: 'Cidr', value: '10.0.0.0/8', text: '10.0.0.0/8' },
  { kind: 'Address', span, type: 'Cidr', value: '::/0', text: '::/0' },
);
const effect = fc.constantFrom<EffectName>('permit', 'narrow', 'challenge', 'deny', 'revoke');

/** The source between the quotes, where a backslash escapes the next character. */
const pattern: fc.Arbitrary<PatternNode> = node('Pattern', {
  language: fc.constantFrom('glob', 'regex', 'spiffe'),
  text: fc
    .array(fc.constantFrom('a', 'é', '😀', '*', '{', '}}', '/', '\\"', '\\\\', '\\d', '[^'), {
      maxLength: 6,
    })
    .map((parts) => parts.join('')),
});

/** Names that no function has. */
const historyForms: readonly string[] = ['once', 'count', 'since', 'last'];

/** The name of an action or of a resource type. */
const scopeName: fc.Arbitrary<ScopeNameNode> = fc.oneof(
  { weight: 3, arbitrary: listName },
  pattern,
);

/** After a comma these words would start the clause after the pattern. */
const closing: readonly string[] = ['within', 'decided', 'allowed', 'refused', 'signal'];
const eventNames = optional(
  few(scopeName, 1).map((names): ScopeNameNode[] =>
    names.map((each) =>
      each.kind === 'Name' && closing.includes(each.text) ? { ...each, quoted: true } : each,
    ),
  ),
);

const eventPattern = (expr: fc.Arbitrary<ExprNode>): fc.Arbitrary<EventPatternNode> =>
  node('EventPattern', {
    events: fc.constantFrom<EventWord>('decided', 'allowed', 'refused', 'signal', 'outcome'),
    signal: string,
    actions: eventNames,
    resources: eventNames,
    condition: optional(expr),
    across: fc.boolean(),
    key: optional(node('EventKey', { paths: few(expr), limit: count })),
  }).map((pattern) => {
    if (pattern.events === 'outcome') return pattern;
    return pattern.events === 'signal'
      ? { ...pattern, actions: undefined, resources: undefined }
      : { ...pattern, signal: undefined };
  });

const history = (expr: fc.Arbitrary<ExprNode>): fc.Arbitrary<ExprNode> =>
  node('History', {
    form: fc.constantFrom('once', 'count', 'sum', 'since', 'last'),
    member: expr,
    pattern: eventPattern(expr),
    start: eventPattern(expr),
    within: optional(expr),
    period: optional(node('Period', { unit: fc.constantFrom(...periodUnits), zone: string })),
  }).map((parts) => {
    const hasWindow = parts.form !== 'since' && parts.form !== 'last';
    const isComplete = parts.pattern.key !== undefined && (parts.within ?? parts.period);
    return {
      ...parts,
      pattern: { ...parts.pattern, across: parts.pattern.across && hasWindow && !!isComplete },
      member: parts.form === 'sum' ? parts.member : undefined,
      start: parts.form === 'since' ? { ...parts.start, across: false } : undefined,
      within: hasWindow && parts.period === undefined ? parts.within : undefined,
      period: hasWindow ? parts.period : undefined,
    };
  });

const operators = Object.keys(precedences) as BinaryOperator[];

const equality: readonly BinaryOperator[] = ['is', 'is not'];
const comparing: readonly BinaryOperator[] = [...equality, 'starts_with', 'ends_with', 'under'];

/** Alternating strings and expressions; a string as a placeholder is part of the surrounding string. */
function messageParts(expr: fc.Arbitrary<ExprNode>): fc.Arbitrary<readonly ExprNode[]> {
  return few(fc.oneof(string, expr)).map((parts) =>
    parts.filter(
      (part, at) =>
        part.kind !== 'String' || (part.value !== '' && parts[at - 1]?.kind !== 'String'),
    ),
  );
}

/** Without braces it is an ordinary string. */
function interpolation(parts: readonly ExprNode[]): ExprNode {
  const [first] = parts;
  if (first === undefined) return { kind: 'String', span, value: '' };
  return parts.length > 1 || first.kind !== 'String'
    ? { kind: 'Interpolation', span, parts }
    : braceString(first);
}

/** Where placeholders are allowed, a string with braces is parsed as an interpolation. */
function braceString(expr: ExprNode): ExprNode {
  return expr.kind === 'String' && /[{}]/.test(expr.value)
    ? { kind: 'Interpolation', span, parts: [expr] }
    : expr;
}

function interpolating(node: BinaryNode): BinaryNode {
  const { operator, left, right } = node;
  if (!comparing.includes(operator)) return node;
  return {
    ...node,
    left: equality.includes(operator) ? braceString(left) : left,
    right: braceString(right),
  };
}

export const exprArbitrary: fc.Arbitrary<ExprNode> = fc.letrec<{ expr: ExprNode }>((tie) => {
  const expr = tie('expr');
  return {
    expr: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      freeWord.map((spelling): ExprNode => ({ kind: 'Reference', span, name: spelling })),
      fc.boolean().map((value): ExprNode => ({ kind: 'Bool', span, value })),
      number,
      duration,
      fc.constant<ExprNode>({
        kind: 'Duration',
        span,
        milliseconds: 32_415_000n,
        text: '09:00:15',
      }),
      timestamp,
      address,
      string,
      node('Access', {
        object: expr,
        name: anyName,
      }),
      node('Lookup', {
        table: name(freeWord),
        keys: few(expr, 1),
      }),
      node('Index', {
        object: node('Access', { object: expr, name: anyName }),
        keys: few(expr, 1),
      }),
      node('Call', {
        callee: name(freeWord.filter((spelling) => !historyForms.includes(spelling))),
        args: few(expr),
      }),
      node('Unary', {
        operator: fc.constantFrom('not', '-'),
        operand: expr,
      }),
      node('Binary', {
        operator: fc.constantFrom(...operators),
        left: expr,
        right: expr,
      }).map(interpolating),
      fc
        .record({ operator: fc.constantFrom(...comparing), left: expr, parts: messageParts(expr) })
        .map(
          ({ parts, ...rest }): ExprNode =>
            interpolating({ kind: 'Binary', span, ...rest, right: interpolation(parts) }),
        ),
      node('Presence', {
        operand: expr,
        present: fc.boolean(),
      }),
      node('Match', {
        operand: expr,
        negated: fc.boolean(),
        searches: fc.boolean(),
        pattern,
        separator: optional(string),
        ignoringCase: fc.boolean(),
      }),
      node('Aggregate', {
        form: fc.constantFrom('sum', 'min', 'max'),
        body: expr,
        variable: plainName,
        collection: expr,
        condition: optional(expr),
      }),
      node('Quantifier', {
        quantifier: fc.constantFrom('any', 'all'),
        variable: plainName,
        collections: few(expr, 1),
        body: expr,
      }),
      fc.tuple(expr, expr, expr).map(
        ([condition, whenTrue, whenFalse]): ExprNode =>
          Object.assign({ kind: 'If', span, condition } as const, {
            // biome-ignore lint/suspicious/noThenProperty: the node's own name for its branch.
            then: whenTrue,
            else: whenFalse,
          }),
      ),
      few(expr).map((elements): ExprNode => ({ kind: 'Set', span, elements })),
      history(expr),
    ),
  };
}).expr;

/** After `secret`, a type with one of these names would be read as a clause. */
function mayBeSecret(type: TypeNode): boolean {
  return type.kind !== 'NamedType' || !['fresh', 'in'].includes(type.name.text);
}

const recordType: fc.Arbitrary<RecordTypeNode> = fc.letrec<{
  type: TypeNode;
  record: RecordTypeNode;
}>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    node('NamedType', {
      name: plainName,
      inSeconds: fc.boolean(),
      range: fc.constant(undefined),
    }),
    node('NamedType', {
      name: plainName,
      inSeconds: fc.constant(false),
      range: optional(node('Range', { min: optional(number), max: optional(number) })),
    }),
    node('CollectionType', {
      collection: fc.constantFrom('Set', 'List'),
      element: tie('type'),
    }),
    node('MapType', { key: tie('type'), value: tie('type') }),
    tie('record'),
  ),
  record: few(
    node('Member', {
      name: anyName,
      inProperties: fc.boolean(),
      optional: fc.boolean(),
      secret: fc.boolean(),
      type: tie('type'),
      fresh: optional(exprArbitrary),
      default: optional(exprArbitrary),
    }).map((member) => ({ ...member, secret: member.secret && mayBeSecret(member.type) })),
  ).map((members): RecordTypeNode => ({ kind: 'RecordType', span, members })),
})).record;

const type: fc.Arbitrary<TypeNode> = fc.oneof(
  recordType,
  recordType.chain(({ members }) =>
    fc.constantFrom(...members.map((member) => member.type), {
      kind: 'NamedType' as const,
      span,
      name: { kind: 'Name' as const, span, text: 'String', quoted: false },
      inSeconds: false,
      range: undefined,
    }),
  ),
);

const setting: fc.Arbitrary<SettingNode> = node('Setting', {
  name: plainName,
  value: exprArbitrary,
});

const demand: fc.Arbitrary<DemandNode> = node('Demand', {
  name: plainName,
  settings: few(setting),
});

const message: fc.Arbitrary<MessageNode> = messageParts(exprArbitrary).map((parts) => ({
  kind: 'Message',
  span,
  parts,
}));

/** A demand of a rule, whose values can have placeholders. */
const ruleDemand: fc.Arbitrary<DemandNode> = demand.map((each) => ({
  ...each,
  settings: each.settings.map((one) => ({ ...one, value: braceString(one.value) })),
}));

const clauses = {
  settings: few(setting),
  unless: optional(exprArbitrary),
  demands: few(ruleDemand),
  because: optional(message),
  covers: few(controlId),
};

const letItem = node('Let', {
  name: plainName,
  value: exprArbitrary,
});

const groupItem: fc.Arbitrary<GroupItemNode> = fc.letrec<{ item: GroupItemNode }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc
      .record({ effect, name: plainName, condition: optional(exprArbitrary), skip: fc.boolean() })
      .chain(({ skip, ...head }) =>
        fc.record({ ...clauses, where: few(letItem) }).chain((tail) =>
          fc.boolean().map(
            (otherwise): GroupItemNode => ({
              kind: 'Rule',
              span,
              ...head,
              otherwise: otherwise && head.condition === undefined,
              skipUnknown: skip,
              ...tail,
            }),
          ),
        ),
      ),
    letItem,
    node('Score', {
      name: plainName,
      conditions: few(
        node('ScoreCondition', {
          name: plainName,
          weight: count,
          condition: exprArbitrary,
          because: clauses.because,
          covers: clauses.covers,
        }),
      ),
      bands: few(
        node('Band', {
          from: count,
          effect,
          settings: clauses.settings,
          unless: clauses.unless,
        }),
      ),
    }),
    node('Given', {
      name: plainName,
      value: exprArbitrary,
      items: few(tie('item')),
      otherwise: optional(
        fc.oneof(
          fc.constant({ kind: 'Otherwise' as const, span, ignore: true, items: [] }),
          few(tie('item')).map((items) => ({
            kind: 'Otherwise' as const,
            span,
            ignore: false,
            items,
          })),
        ),
      ),
    }),
  ),
})).item;

const { json, object: jsonObject } = fc.letrec<{
  json: JsonNode;
  object: JsonObjectNode;
}>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc
      .oneof(
        text.map((value) => JSON.stringify(value)),
        fc.constantFrom('0', '-12', '1.50', '-5.5e3', '1E+400', 'true', 'false', 'null'),
      )
      .map((json): JsonNode => ({ kind: 'JsonScalar', span, json })),
    few(tie('json')).map((elements): JsonNode => ({ kind: 'JsonArray', span, elements })),
    tie('object'),
  ),
  object: few(
    node('JsonMember', {
      name: anyName,
      value: tie('json'),
    }),
  ).map((members): JsonObjectNode => ({ kind: 'JsonObject', span, members })),
}));

const changedPath = fc.tuple(word, few(anyName)).map(([root, names]) =>
  names.reduce<ExprNode>((object, part) => ({ kind: 'Access', span, object, name: part }), {
    kind: 'Reference',
    span,
    name: root,
  }),
);

const change: fc.Arbitrary<ChangeNode> = node('Change', {
  path: changedPath,
  value: optional(jsonObject),
});

const stepStart = {
  at: optional(timestamp),
  after: optional(duration),
  session: optional(string),
  changes: few(change),
  grants: few(node('Grant', { lasts: duration, approver: optional(string) })),
  signals: few(
    node('StepSignal', {
      of: fc.constantFrom('signal', 'outcome'),
      name: string,
      at: optional(timestamp),
      payload: optional(jsonObject),
    }),
  ),
  asks: fc.boolean(),
  asksLast: fc.boolean(),
  times: optional(count),
};
const expectation = {
  outcome: fc.oneof(effect, fc.constantFrom('possible', 'impossible')),
  reasons: optional(few(plainName, 1)),
  settings: optional(few(setting)),
  demands: optional(few(demand, 1)),
  lower: optional(few(change)),
  until: optional(timestamp),
};
const normalizeStart = <S extends StepStart>(parts: S): S => ({
  ...parts,
  after: parts.at ? undefined : parts.after,
  times: parts.asks ? parts.times : undefined,
  asksLast: parts.asksLast && parts.asks && parts.changes.length > 0,
});
const step: fc.Arbitrary<StepNode> = node('Step', { ...stepStart, ...expectation }).map(
  normalizeStart<StepNode>,
);

const each: fc.Arbitrary<EachNode> = node('Each', {
  ...stepStart,
  columns: few(changedPath, 1),
  rows: few(
    node('Row', { cells: few(node('Cell', { value: optional(json) }), 1), ...expectation }),
  ),
}).map(normalizeStart<EachNode>);

const request: fc.Arbitrary<RequestNode> = fc.oneof(string, plainName, jsonObject);

const item: fc.Arbitrary<ItemNode> = fc.oneof(
  node('PolicyHeader', {
    name: name(few(word, 1).map((words) => words.join('.'))),
    version: optional(string),
  }),
  node('Use', {
    names: optional(few(plainName)),
    from: fc.oneof(string, plainName),
  }),
  fc
    .record({ name: plainName, members: few(anyName, 1), otherwise: optional(anyName) })
    .chain((parts) =>
      fc.boolean().map(
        (ordered): ItemNode => ({
          kind: 'Enum',
          span,
          ...parts,
          ordered: ordered && parts.members.length > 1,
        }),
      ),
    ),
  node('Record', {
    name: plainName,
    type: recordType,
  }),
  node('Const', {
    name: plainName,
    value: exprArbitrary,
  }),
  node('Function', {
    name: plainName,
    parameters: few(node('Parameter', { name: plainName, type })),
    result: optional(type),
    body: exprArbitrary,
  }),
  letItem,
  node('Subject', { name: optional(listName), type: recordType }),
  node('Action', { name: optional(listName), type: recordType }),
  node('Resource', { name: optional(listName), type: recordType }),
  node('Context', {
    scope: optional(
      node('ContextScope', {
        subjects: optional(few(listName, 1)),
        actions: optional(few(scopeName, 1)),
        resources: optional(few(scopeName, 1)),
      }),
    ),
    type: recordType,
  }),
  node('Signals', {
    of: fc.constantFrom('signal', 'outcome'),
    type: fc.oneof(
      recordType,
      node('NamedType', {
        name: plainName,
        inSeconds: fc.constant(false),
        range: fc.constant(undefined),
      }),
    ),
  }),
  fc
    .record({
      name: plainName,
      keys: fc.array(type, { minLength: 1, maxLength: 2 }),
      value: type,
      external: fc.boolean(),
      transitive: fc.boolean(),
      from: optional(string),
      entries: few(
        node('TableEntry', {
          keys: few(exprArbitrary, 1),
          value: fc.oneof(
            { weight: 4, arbitrary: exprArbitrary },
            {
              weight: 1,
              arbitrary: node('TableRow', {
                members: few(node('Setting', { name: plainName, value: exprArbitrary }), 1),
              }),
            },
          ),
        }),
      ),
    })
    .map(
      (parts): ItemNode => ({
        kind: 'Table',
        span,
        ...parts,
        from: parts.external ? undefined : parts.from,
        entries: parts.external || parts.from ? [] : parts.entries,
      }),
    ),
  fc
    .record({
      name: plainName,
      type,
      merge: fc.constantFrom('smallest wins', 'largest wins', 'intersects', 'must agree'),
      path: optional(exprArbitrary),
      lowers: fc.boolean(),
    })
    .map(
      (parts): ItemNode => ({
        kind: 'Constraint',
        span,
        ...parts,
        merge: parts.path ? 'limits' : parts.merge,
        lowers: parts.lowers && parts.path !== undefined,
      }),
    ),
  windowArbitrary(text, word),
  node('Group', {
    subjects: optional(few(listName, 1)),
    actions: optional(few(scopeName, 1)),
    resources: optional(few(scopeName, 1)),
    condition: optional(exprArbitrary),
    items: few(groupItem),
  }),
  node('Obligation', {
    name: plainName,
    type: optional(plainName),
    members: recordType,
  }),
  node('Invariant', {
    name: string,
    subjects: optional(few(listName, 1)),
    actions: optional(few(scopeName, 1)),
    resources: optional(few(scopeName, 1)),
    claim: exprArbitrary,
  }),
  node('NameSet', {
    of: fc.constantFrom('actions', 'resources'),
    name: plainName,
    entries: few(scopeName),
  }),
  node('Fixture', { name: plainName, request, changes: few(change) }),
  fc.oneof(few(step, 1), each).chain((steps) =>
    node('Test', {
      name: string,
      session: fc.boolean(),
      request,
      steps: fc.constant(Array.isArray(steps) ? steps : []),
      each: fc.constant(Array.isArray(steps) ? undefined : steps),
    }),
  ),
);

export const fileArbitrary: fc.Arbitrary<FileNode> = few(item).map((items) => ({
  kind: 'File',
  span,
  items,
}));
