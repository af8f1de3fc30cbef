// Converts tests, fixtures, requests and JSON.

import type { CstNode, IToken } from 'chevrotain';
import { joinSpans, type Span } from '../../support/source.ts';
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
import { readTextValue } from '../literals/string.ts';
import * as t from '../tokens.ts';
import { toAddress } from './addresses.ts';
import {
  findPart,
  getNodeSpan,
  getTokenSpan,
  type ParsedSource,
  readCommaList,
  refuseBroken,
  requirePart,
  requireWhole,
  toName,
  toNameOrText,
  toText,
} from './cst.ts';
import {
  formatDurationSeconds,
  reportBadNumber,
  toDuration,
  toInt,
  toTimestamp,
} from './numbers.ts';
import { toDemands } from './obligations.ts';
import { toSettings } from './settings.ts';

export function toTest(source: ParsedSource, node: TestDeclarationCstNode): TestNode {
  refuseBroken(source, node);
  const { name, Session, requestSource, stepStart, testSteps } = node.children;
  const start = requirePart(stepStart);
  const { each, expectation, step } = requirePart(testSteps).children;
  const table = findPart(each);
  const first = table ? [] : [toStep(source, start, requirePart(expectation))];
  const later = requireWhole(step).map(({ children }) =>
    toStep(source, requirePart(children.stepStart), requirePart(children.expectation)),
  );
  return {
    kind: 'Test',
    span: getNodeSpan(source, node),
    name: toText(source, requirePart(name)),
    session: Session !== undefined,
    request: toRequest(source, requirePart(requestSource)),
    steps: [...first, ...later],
    each: table && toEach(source, start, table),
  };
}

export function toFixture(source: ParsedSource, node: FixtureDeclarationCstNode): FixtureNode {
  refuseBroken(source, node);
  const { Word, requestSource, changes } = node.children;
  return {
    kind: 'Fixture',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    request: toRequest(source, requirePart(requestSource)),
    changes: toChanges(source, findPart(changes)),
  };
}

function toRequest(source: ParsedSource, { children }: RequestSourceCstNode): RequestNode {
  const { path, fixture, jsonObject } = children;
  const [file, name] = [findPart(path), findPart(fixture)];
  if (file) return toText(source, file);
  return name ? toName(source, name) : toJsonObject(source, requirePart(jsonObject));
}

function toStep(
  source: ParsedSource,
  start: StepStartCstNode,
  expectation: ExpectationCstNode,
): StepNode {
  return {
    kind: 'Step',
    ...toStart(source, start),
    ...toExpectation(source, requirePart(expectation.children.outcome)),
    span: coverNodes(source, start, expectation),
  };
}

/** The span of two nodes, the first of which may be empty. */
function coverNodes(source: ParsedSource, first: CstNode, last: CstNode): Span {
  const start = first.location?.startOffset ?? Number.NaN;
  const wholeSpan = getNodeSpan(source, last);
  return Number.isNaN(start) ? wholeSpan : { ...wholeSpan, start };
}

function toStart(source: ParsedSource, { children }: StepStartCstNode): Omit<StepStart, 'span'> {
  const { at, after, session, grant, stepSignal, asking, changes } = children;
  const cstNode = findPart(asking);
  const [start, lapse, repeated] = [
    findPart(at),
    findPart(after),
    findPart(cstNode?.children.times),
  ];
  const other = findPart(session);
  return {
    at: start && toTimestamp(source, start),
    after: lapse && toDuration(source, lapse),
    session: other && toText(source, other),
    grants: requireWhole(grant).map((part) => toGrant(source, part)),
    signals: requireWhole(stepSignal).map((part) => toStepSignal(source, part)),
    asks: cstNode !== undefined,
    asksLast: isLater(cstNode, findPart(changes)),
    times: repeated && toInt(source, repeated),
    changes: toChanges(source, findPart(changes)),
  };
}

function isLater(cstNode: CstNode | undefined, changes: CstNode | undefined): boolean {
  const [at, before] = [cstNode, changes].map((node) => node?.location?.startOffset ?? Number.NaN);
  return (at as number) > (before as number);
}

function toExpectation(
  source: ParsedSource,
  { children }: OutcomeCstNode,
): Omit<Expectation, 'span'> {
  const { ExpectedWord, Because, reason, settings, withClause, lowerClause, until } = children;
  const [constraints, obligations, offer, end] = [
    findPart(settings),
    findPart(withClause),
    findPart(lowerClause),
    findPart(until),
  ];
  return {
    outcome: requirePart(ExpectedWord).image as ExpectedOutcome,
    reasons: Because && requireWhole(reason).map((token) => toName(source, token)),
    settings: constraints && toSettings(source, constraints),
    demands: obligations && toDemands(source, obligations),
    lower: offer && toChanges(source, offer),
    until: end && toTimestamp(source, end),
  };
}

function toEach(source: ParsedSource, start: StepStartCstNode, node: EachCstNode): EachNode {
  const { column, row } = node.children;
  return {
    kind: 'Each',
    ...toStart(source, start),
    columns: requireWhole(column).map((path) => toPath(source, path)),
    rows: requireWhole(row).map((part) => toRow(source, part)),
    span: coverNodes(source, start, node),
  };
}

function toRow(source: ParsedSource, node: RowCstNode): RowNode {
  return {
    kind: 'Row',
    span: getNodeSpan(source, node),
    cells: requireWhole(node.children.cell).map(
      (cell): CellNode => ({
        kind: 'Cell',
        span: getNodeSpan(source, cell),
        value: toValue(source, cell),
      }),
    ),
    ...toExpectation(source, requirePart(node.children.outcome)),
  };
}

function toGrant(source: ParsedSource, node: GrantCstNode): GrantNode {
  const { lasts, approver } = node.children;
  const name = findPart(approver);
  return {
    kind: 'Grant',
    span: getNodeSpan(source, node),
    lasts: toDuration(source, requirePart(lasts)),
    approver: name && toText(source, name),
  };
}

function toStepSignal(source: ParsedSource, node: StepSignalCstNode): StepSignalNode {
  const { Outcome, name, at, jsonObject } = node.children;
  const [instant, payload] = [findPart(at), findPart(jsonObject)];
  return {
    kind: 'StepSignal',
    span: getNodeSpan(source, node),
    of: Outcome === undefined ? 'signal' : 'outcome',
    name: toText(source, requirePart(name)),
    at: instant && toTimestamp(source, instant),
    payload: payload && toJsonObject(source, payload),
  };
}

function toChanges(
  source: ParsedSource,
  node: ChangesCstNode | LowerClauseCstNode | undefined,
): readonly ChangeNode[] {
  const { change, Comma } = node?.children ?? {};
  return readCommaList(source, change, Comma).map((part) => toChange(source, part));
}

function toChange(source: ParsedSource, node: ChangeCstNode): ChangeNode {
  const { changedPath, json } = node.children;
  return {
    kind: 'Change',
    span: getNodeSpan(source, node),
    path: toPath(source, requirePart(changedPath)),
    value: toValue(source, requirePart(json)),
  };
}

function toPath(source: ParsedSource, node: ChangedPathCstNode): ExprNode {
  const { Word, nameOrText } = node.children;
  const root = requirePart(Word);
  const start: ExprNode = {
    kind: 'Reference',
    span: getTokenSpan(source, root),
    name: root.image,
  };
  return requireWhole(nameOrText).reduce<ExprNode>((object, part) => {
    const name = toNameOrText(source, part);
    return { kind: 'Access', span: joinSpans(object.span, name.span), object, name };
  }, start);
}

/** Converts a value; returns undefined for `missing`. */
function toValue(source: ParsedSource, node: JsonCstNode): JsonNode | undefined {
  return node.children.Word?.[0]?.image === 'missing' ? undefined : toJson(source, node);
}

function toJson(source: ParsedSource, node: JsonCstNode): JsonNode {
  const { jsonObject, jsonArray, Word, Minus, Literal } = node.children;
  const object = findPart(jsonObject);
  if (object) return toJsonObject(source, object);
  const array = findPart(jsonArray);
  if (array) {
    return {
      kind: 'JsonArray',
      span: getNodeSpan(source, array),
      elements: readCommaList(source, array.children.json, array.children.Comma).map((element) =>
        toJson(source, element),
      ),
    };
  }
  const span = getNodeSpan(source, node);
  const word = findPart(Word);
  if (word) return { kind: 'JsonScalar', span, json: buildWordJson(word.image) };
  const json = buildLiteralJson(source, requirePart(Literal), findPart(Minus));
  return { kind: 'JsonScalar', span, json } satisfies JsonScalarNode;
}

function buildWordJson(word: string): string {
  return ['true', 'false', 'null'].includes(word) ? word : JSON.stringify(word);
}

const jsonNumber = /^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

function buildLiteralJson(source: ParsedSource, token: IToken, minus: IToken | undefined): string {
  const sign = minus ? '-' : '';
  switch (token.tokenType) {
    case t.DurationToken:
      return sign + formatDurationSeconds(toDuration(source, token).milliseconds);
    case t.TextToken:
      if (!minus) return JSON.stringify(readTextValue(token));
      break;
    case t.TimestampToken:
      if (!minus) return JSON.stringify(toTimestamp(source, token).text);
      break;
    case t.AddressToken:
      if (!minus) return JSON.stringify(toAddress(source, token).text);
      break;
    default: {
      const digits = token.image.replaceAll('_', '');
      if (token.tokenType !== t.BadNumberToken && jsonNumber.test(digits)) return sign + digits;
    }
  }
  reportBadNumber(source, token);
  return 'null';
}

function toJsonObject(source: ParsedSource, node: JsonObjectCstNode): JsonObjectNode {
  return {
    kind: 'JsonObject',
    span: getNodeSpan(source, node),
    members: readCommaList(source, node.children.jsonMember, node.children.Comma).map(
      (member): JsonMemberNode => ({
        kind: 'JsonMember',
        span: getNodeSpan(source, member),
        name: toNameOrText(source, requirePart(member.children.nameOrText)),
        value: toJson(source, requirePart(member.children.json)),
      }),
    ),
  };
}
