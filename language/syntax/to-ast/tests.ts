// Converts tests, fixtures, requests and JSON.

import type { CstNode, IToken } from 'chevrotain';
import { type Span, spanTo } from '../../support/source.ts';
import type {
  CellNode,
  ChangeNode,
  EachNode,
  Expectation,
  ExpectedOutcome,
  ExprNode,
  FixtureNode,
  GrantNode,
  JsonMemberNode,
  JsonNode,
  JsonObjectNode,
  JsonScalarNode,
  RequestNode,
  RowNode,
  StepNode,
  StepSignalNode,
  StepStart,
  TestNode,
} from '../ast.ts';
import type {
  ChangeCstNode,
  ChangedPathCstNode,
  ChangesCstNode,
  EachCstNode,
  ExpectationCstNode,
  FixtureDeclarationCstNode,
  GrantCstNode,
  JsonCstNode,
  JsonObjectCstNode,
  LowerClauseCstNode,
  OutcomeCstNode,
  RequestSourceCstNode,
  RowCstNode,
  StepSignalCstNode,
  StepStartCstNode,
  TestDeclarationCstNode,
} from '../cst.generated.ts';
import { textValue } from '../literals/string.ts';
import * as t from '../tokens.ts';
import { toAddress } from './addresses.ts';
import {
  nodeSpan,
  only,
  optional,
  refuseBroken,
  type Source,
  separated,
  tokenSpan,
  toName,
  toNameOrText,
  toText,
  whole,
} from './cst.ts';
import { durationSeconds, reportBadNumber, toDuration, toInt, toTimestamp } from './numbers.ts';
import { toDemands } from './obligations.ts';
import { toSettings } from './settings.ts';

export function toTest(source: Source, node: TestDeclarationCstNode): TestNode {
  refuseBroken(source, node);
  const { name, Session, requestSource, stepStart, testSteps } = node.children;
  const start = only(stepStart);
  const { each, expectation, step } = only(testSteps).children;
  const table = optional(each);
  const first = table ? [] : [toStep(source, start, only(expectation))];
  const later = whole(step).map(({ children }) =>
    toStep(source, only(children.stepStart), only(children.expectation)),
  );
  return {
    kind: 'Test',
    span: nodeSpan(source, node),
    name: toText(source, only(name)),
    session: Session !== undefined,
    request: toRequest(source, only(requestSource)),
    steps: [...first, ...later],
    each: table && toEach(source, start, table),
  };
}

export function toFixture(source: Source, node: FixtureDeclarationCstNode): FixtureNode {
  refuseBroken(source, node);
  const { Word, requestSource, changes } = node.children;
  return {
    kind: 'Fixture',
    span: nodeSpan(source, node),
    name: toName(source, only(Word)),
    request: toRequest(source, only(requestSource)),
    changes: toChanges(source, optional(changes)),
  };
}

function toRequest(source: Source, { children }: RequestSourceCstNode): RequestNode {
  const { path, fixture, jsonObject } = children;
  const [file, name] = [optional(path), optional(fixture)];
  if (file) return toText(source, file);
  return name ? toName(source, name) : toJsonObject(source, only(jsonObject));
}

function toStep(
  source: Source,
  start: StepStartCstNode,
  expectation: ExpectationCstNode,
): StepNode {
  return {
    kind: 'Step',
    ...toStart(source, start),
    ...toExpectation(source, only(expectation.children.outcome)),
    span: spanFrom(source, start, expectation),
  };
}

/** The span of two nodes, the first of which may be empty. */
function spanFrom(source: Source, first: CstNode, last: CstNode): Span {
  const start = first.location?.startOffset ?? Number.NaN;
  const whole = nodeSpan(source, last);
  return Number.isNaN(start) ? whole : { ...whole, start };
}

function toStart(source: Source, { children }: StepStartCstNode): Omit<StepStart, 'span'> {
  const { at, after, session, grant, stepSignal, asking, changes } = children;
  const asked = optional(asking);
  const [start, lapse, repeated] = [optional(at), optional(after), optional(asked?.children.times)];
  const other = optional(session);
  return {
    at: start && toTimestamp(source, start),
    after: lapse && toDuration(source, lapse),
    session: other && toText(source, other),
    grants: whole(grant).map((part) => toGrant(source, part)),
    signals: whole(stepSignal).map((part) => toStepSignal(source, part)),
    asks: asked !== undefined,
    asksLast: isAfter(asked, optional(changes)),
    times: repeated && toInt(source, repeated),
    changes: toChanges(source, optional(changes)),
  };
}

function isAfter(asked: CstNode | undefined, changes: CstNode | undefined): boolean {
  const [at, before] = [asked, changes].map((node) => node?.location?.startOffset ?? Number.NaN);
  return (at as number) > (before as number);
}

function toExpectation(source: Source, { children }: OutcomeCstNode): Omit<Expectation, 'span'> {
  const { ExpectedWord, Because, reason, settings, withClause, lowerClause, until } = children;
  const [constraints, obligations, offer, end] = [
    optional(settings),
    optional(withClause),
    optional(lowerClause),
    optional(until),
  ];
  return {
    outcome: only(ExpectedWord).image as ExpectedOutcome,
    reasons: Because && whole(reason).map((token) => toName(source, token)),
    settings: constraints && toSettings(source, constraints),
    demands: obligations && toDemands(source, obligations),
    lower: offer && toChanges(source, offer),
    until: end && toTimestamp(source, end),
  };
}

function toEach(source: Source, start: StepStartCstNode, node: EachCstNode): EachNode {
  const { column, row } = node.children;
  return {
    kind: 'Each',
    ...toStart(source, start),
    columns: whole(column).map((path) => toPath(source, path)),
    rows: whole(row).map((part) => toRow(source, part)),
    span: spanFrom(source, start, node),
  };
}

function toRow(source: Source, node: RowCstNode): RowNode {
  return {
    kind: 'Row',
    span: nodeSpan(source, node),
    cells: whole(node.children.cell).map(
      (cell): CellNode => ({
        kind: 'Cell',
        span: nodeSpan(source, cell),
        value: toValue(source, cell),
      }),
    ),
    ...toExpectation(source, only(node.children.outcome)),
  };
}

function toGrant(source: Source, node: GrantCstNode): GrantNode {
  const { lasts, approver } = node.children;
  const name = optional(approver);
  return {
    kind: 'Grant',
    span: nodeSpan(source, node),
    lasts: toDuration(source, only(lasts)),
    approver: name && toText(source, name),
  };
}

function toStepSignal(source: Source, node: StepSignalCstNode): StepSignalNode {
  const { Outcome, name, at, jsonObject } = node.children;
  const [instant, payload] = [optional(at), optional(jsonObject)];
  return {
    kind: 'StepSignal',
    span: nodeSpan(source, node),
    of: Outcome === undefined ? 'signal' : 'outcome',
    name: toText(source, only(name)),
    at: instant && toTimestamp(source, instant),
    payload: payload && toJsonObject(source, payload),
  };
}

function toChanges(
  source: Source,
  node: ChangesCstNode | LowerClauseCstNode | undefined,
): readonly ChangeNode[] {
  const { change, Comma } = node?.children ?? {};
  return separated(source, change, Comma).map((part) => toChange(source, part));
}

function toChange(source: Source, node: ChangeCstNode): ChangeNode {
  const { changedPath, json } = node.children;
  return {
    kind: 'Change',
    span: nodeSpan(source, node),
    path: toPath(source, only(changedPath)),
    value: toValue(source, only(json)),
  };
}

function toPath(source: Source, node: ChangedPathCstNode): ExprNode {
  const { Word, nameOrText } = node.children;
  const root = only(Word);
  const start: ExprNode = {
    kind: 'Reference',
    span: tokenSpan(source, root),
    name: root.image,
  };
  return whole(nameOrText).reduce<ExprNode>((object, part) => {
    const name = toNameOrText(source, part);
    return { kind: 'Access', span: spanTo(object.span, name.span), object, name };
  }, start);
}

/** Converts a value; returns undefined for `missing`. */
function toValue(source: Source, node: JsonCstNode): JsonNode | undefined {
  return node.children.Word?.[0]?.image === 'missing' ? undefined : toJson(source, node);
}

function toJson(source: Source, node: JsonCstNode): JsonNode {
  const { jsonObject, jsonArray, Word, Minus, Literal } = node.children;
  const object = optional(jsonObject);
  if (object) return toJsonObject(source, object);
  const array = optional(jsonArray);
  if (array) {
    return {
      kind: 'JsonArray',
      span: nodeSpan(source, array),
      elements: separated(source, array.children.json, array.children.Comma).map((element) =>
        toJson(source, element),
      ),
    };
  }
  const span = nodeSpan(source, node);
  const word = optional(Word);
  if (word) return { kind: 'JsonScalar', span, json: wordJson(word.image) };
  const json = literalJson(source, only(Literal), optional(Minus));
  return { kind: 'JsonScalar', span, json } satisfies JsonScalarNode;
}

function wordJson(word: string): string {
  return ['true', 'false', 'null'].includes(word) ? word : JSON.stringify(word);
}

const jsonNumber = /^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

function literalJson(source: Source, token: IToken, minus: IToken | undefined): string {
  const sign = minus ? '-' : '';
  switch (token.tokenType) {
    case t.Duration:
      return sign + durationSeconds(toDuration(source, token).milliseconds);
    case t.Text:
      if (!minus) return JSON.stringify(textValue(token));
      break;
    case t.Timestamp:
      if (!minus) return JSON.stringify(toTimestamp(source, token).text);
      break;
    case t.Address:
      if (!minus) return JSON.stringify(toAddress(source, token).text);
      break;
    default: {
      const digits = token.image.replaceAll('_', '');
      if (token.tokenType !== t.BadNumber && jsonNumber.test(digits)) return sign + digits;
    }
  }
  reportBadNumber(source, token);
  return 'null';
}

function toJsonObject(source: Source, node: JsonObjectCstNode): JsonObjectNode {
  return {
    kind: 'JsonObject',
    span: nodeSpan(source, node),
    members: separated(source, node.children.jsonMember, node.children.Comma).map(
      (member): JsonMemberNode => ({
        kind: 'JsonMember',
        span: nodeSpan(source, member),
        name: toNameOrText(source, only(member.children.nameOrText)),
        value: toJson(source, only(member.children.json)),
      }),
    ),
  };
}
