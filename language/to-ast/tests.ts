// Tests and the JSON in them.

import type { IToken } from 'chevrotain';
import type {
  ChangeNode,
  ExprNode,
  GrantNode,
  JsonMemberNode,
  JsonNode,
  JsonObjectNode,
  JsonScalarNode,
  StepNode,
  StepSignalNode,
  TestNode,
} from '../ast.ts';
import type {
  ChangeCstNode,
  GrantCstNode,
  JsonCstNode,
  JsonObjectCstNode,
  StepCstNode,
  StepSignalCstNode,
  TestDeclarationCstNode,
} from '../cst.generated.ts';
import { spanTo } from '../source.ts';
import { textValue } from '../text-literal.ts';
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
import { toEffect } from './rules.ts';
import { toSettings } from './settings.ts';

export function toTest(source: Source, node: TestDeclarationCstNode): TestNode {
  refuseBroken(source, node);
  const { name, Session, From, path, jsonObject, step } = node.children;
  return {
    kind: 'Test',
    span: nodeSpan(source, node),
    name: toText(source, only(name)),
    session: Session !== undefined,
    request: From ? toText(source, only(path)) : toJsonObject(source, only(jsonObject)),
    steps: whole(step).map((part) => toStep(source, part)),
  };
}

function toStep(source: Source, node: StepCstNode): StepNode {
  const { at, after, grant, stepSignal, Ask, times, change, Comma } = node.children;
  const { EffectWord, Because, reason, settings, withClause, until } = node.children;
  const [start, constraints, end] = [optional(at), optional(settings), optional(until)];
  const [lapse, repeated] = [optional(after), optional(times)];
  const obligations = optional(withClause);
  return {
    kind: 'Step',
    span: nodeSpan(source, node),
    at: start && toTimestamp(source, start),
    after: lapse && toDuration(source, lapse),
    grants: whole(grant).map((part) => toGrant(source, part)),
    signals: whole(stepSignal).map((part) => toStepSignal(source, part)),
    asks: Ask !== undefined,
    times: repeated && toInt(source, repeated),
    changes: separated(source, change, Comma).map((part) => toChange(source, part)),
    effect: toEffect(only(EffectWord)),
    reasons: Because && whole(reason).map((token) => toName(source, token)),
    settings: constraints && toSettings(source, constraints),
    demands: obligations && toDemands(source, obligations),
    until: end && toTimestamp(source, end),
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
  const { name, at, jsonObject } = node.children;
  const [instant, payload] = [optional(at), optional(jsonObject)];
  return {
    kind: 'StepSignal',
    span: nodeSpan(source, node),
    name: toText(source, only(name)),
    at: instant && toTimestamp(source, instant),
    payload: payload && toJsonObject(source, payload),
  };
}

function toChange(source: Source, node: ChangeCstNode): ChangeNode {
  const { Word, nameOrText, json } = node.children;
  const root = only(Word);
  const start: ExprNode = {
    kind: 'Reference',
    span: tokenSpan(source, root),
    name: root.image,
  };
  const value = only(json);
  return {
    kind: 'Change',
    span: nodeSpan(source, node),
    path: whole(nameOrText).reduce<ExprNode>((object, part) => {
      const name = toNameOrText(source, part);
      return { kind: 'Access', span: spanTo(object.span, name.span), object, name };
    }, start),
    value: value.children.Word?.[0]?.image === 'missing' ? undefined : toJson(source, value),
  };
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
