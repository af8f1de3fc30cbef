// Checks the declarations of obligations, and the obligations that rules and tests demand: each
// member is present and has its type.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Extra } from '../../diagnostics/diagnostics.ts';
import { guess } from '../../diagnostics/guess.ts';
import type { Demand, Expr, Obligation, Property } from '../../model/model.ts';
import { hasAllItems } from '../../support/all-there.ts';
import type { Span } from '../../support/source.ts';
import type { DemandNode, ObligationNode } from '../../syntax/ast.ts';
import {
  type KnownObligation,
  knownObligations,
  listDemandingEffects,
} from '../../types/obligations.ts';
import { isEquatable, isSameType, type Member, type Type, typeName } from '../../types/types.ts';
import type { Context } from '../context.ts';
import { requireClockFree } from '../expressions/clock-free.ts';
import type { ExpressionChecker } from '../expressions/expressions.ts';
import { makeConstant } from '../expressions/parts.ts';
import { relateDeclaration, relateMembers } from '../related.ts';
import { withoutSecrets } from '../rules/secrecy.ts';
import { reportSetTwice } from './settings.ts';
import type { Types } from './types.ts';

/** Checks the declaration of an obligation; returns undefined after a report. */
export function checkObligation(
  context: Context,
  types: Types,
  node: ObligationNode,
): Obligation | undefined {
  const report = (span: Span, why: string, extra: Extra = {}) => {
    context.reporter.report('bad-obligation', span, { why }, extra);
    return undefined;
  };
  const written = node.type ?? node.name;
  const knownObligation = knownObligations.get(written.text);
  if (knownObligation === undefined) {
    const why =
      node.type === undefined
        ? `\`${written.text}\` has no obligation type`
        : `unknown obligation type \`${written.text}\``;
    return report(written.span, why, guess(written.text, written.span, knownObligations.keys()));
  }
  const { members, broken } = types.record(node.members, node.name.text);
  const wrong = [...members.values()].find(
    (member) => member.fresh !== undefined || !isPlain(member.type),
  );
  if (wrong !== undefined) {
    return report(
      wrong.span,
      'a member of an obligation must be a scalar without a range, an enum, or a set of them',
    );
  }
  const secret = [...members.values()].find((member) => member.secret);
  if (secret !== undefined) {
    return report(
      secret.span,
      'a member of an obligation cannot be secret: its value is sent with the answer',
    );
  }
  const unmet = broken?.size ? undefined : findFirstUnmet(knownObligation, members);
  if (unmet !== undefined) {
    const span = members.get(unmet.name)?.span ?? node.name.span;
    return report(
      span,
      `\`${written.text}\` needs a member \`${unmet.name}: ${typeName(unmet.type)}\``,
    );
  }
  const foreign = knownObligation.open ? undefined : findFirstForeign(knownObligation, members);
  if (foreign !== undefined) {
    const names = Object.keys({ ...knownObligation.required, ...knownObligation.optional });
    const why = `\`${written.text}\` has no member \`${foreign.name}\``;
    return report(foreign.span, why, guess(foreign.name, foreign.span, names));
  }
  return broken?.size
    ? undefined
    : { name: node.name.text, type: knownObligation.type, members, span: node.name.span };
}

/**
 * The first required member that is missing, or the first member with another type than the
 * obligation type defines.
 */
function findFirstUnmet(
  { required, optional }: KnownObligation,
  members: ReadonlyMap<string, Member>,
): { readonly name: string; readonly type: Type } | undefined {
  const fits = (member: Member, type: Type) =>
    isSameType(member.type, type) || (type.kind === 'String' && member.type.kind === 'Enum');
  for (const [name, type] of Object.entries(required)) {
    const member = members.get(name);
    if (member === undefined || member.optional || !fits(member, type)) return { name, type };
  }
  for (const [name, type] of Object.entries(optional)) {
    const member = members.get(name);
    if (member !== undefined && !fits(member, type)) return { name, type };
  }
  return undefined;
}

function findFirstForeign(
  { required, optional }: KnownObligation,
  members: ReadonlyMap<string, Member>,
): Member | undefined {
  return [...members.values()].find(
    ({ name }) => !Object.hasOwn(required, name) && !Object.hasOwn(optional, name),
  );
}

/** Ranges are for data from outside; the values of an obligation come from the rule itself. */
function isPlain(type: Type): boolean {
  if (type.kind === 'Set') return isPlain(type.element);
  const ranged = (type.kind === 'Int' || type.kind === 'Decimal') && type.range !== undefined;
  return isEquatable(type) && !ranged;
}

/** Produces the value of a member: from an expression of a rule, or from a constant of a test. */
export type Valuing = (setting: DemandNode['settings'][number], type: Type) => Expr | undefined;

/** Checks the obligations that a rule or a test lists; returns undefined after a report. */
export function checkDemands(
  context: Context,
  findObligation: (node: ObligationNode) => Obligation | undefined,
  nodes: readonly DemandNode[],
  effect: EffectName,
  valuing: Valuing,
): readonly Demand[] | undefined {
  const demands = nodes.map((node) => {
    const declared = context.find(node.name.text, node.span.file);
    if (declared?.kind !== 'Obligation') {
      context.unknown('unknown-obligation', node.name, context.listNames('Obligation', node.span));
      return undefined;
    }
    const obligation = findObligation(declared);
    if (obligation === undefined) return undefined;
    const effects = listDemandingEffects(obligation.type);
    if (!effects.includes(effect)) {
      const related = relateDeclaration(obligation.span);
      context.reporter.report(
        'misplaced-obligation',
        node.name.span,
        {
          name: node.name.text,
          type: obligation.type,
          effect,
          effects: effects.map((name) => `\`${name}\``).join(' or '),
        },
        { related },
      );
      return undefined;
    }
    return checkDemand(context, obligation, node, valuing);
  });
  return hasAllItems(demands) ? demands : undefined;
}

function checkDemand(
  context: Context,
  obligation: Obligation,
  node: DemandNode,
  valuing: Valuing,
): Demand | undefined {
  const values = new Map<string, Expr | undefined>();
  for (const setting of node.settings) {
    const name = setting.name.text;
    const member = obligation.members.get(name);
    if (member === undefined) {
      context.reporter.report(
        'unknown-member',
        setting.name.span,
        { owner: obligation.name, name },
        {
          ...guess(name, setting.name.span, obligation.members.keys()),
          related: [relateMembers(obligation.span, obligation.members.keys())],
        },
      );
      values.set(name, undefined);
    } else if (values.has(name)) {
      reportSetTwice(context, setting, node.settings);
    } else values.set(name, valuing(setting, member.type));
  }
  if ([...values].some(([name]) => !obligation.members.has(name))) return undefined;
  const missing = [...obligation.members.values()].filter(
    ({ name, optional, default: own }) => !values.has(name) && !optional && own === undefined,
  );
  if (missing.length > 0) {
    const names = missing.map(({ name }) => `\`${name}\``).join(', ');
    context.reporter.report(
      'missing-member',
      node.name.span,
      { owner: obligation.name, names },
      {
        related: missing.map(({ span, name }) => ({
          span,
          message: `\`${name}\` is declared here`,
        })),
      },
    );
    return undefined;
  }
  const properties = [...obligation.members.values()].flatMap(
    (member): readonly (Property | undefined)[] => {
      const { name, type, default: own, span } = member;
      if (values.has(name)) {
        const value = values.get(name);
        return [value && { name, value }];
      }
      return own === undefined ? [] : [{ name, value: makeConstant(own, type, span) }];
    },
  );
  if (!hasAllItems(properties) || [...values.values()].includes(undefined)) return undefined;
  return {
    obligation,
    properties: [...properties].sort((a, b) => (a.name < b.name ? -1 : 1)),
    span: node.span,
  };
}

/** Produces values from expressions of a rule that do not move with the clock. */
export function createValuing(context: Context, expressions: ExpressionChecker): Valuing {
  return (setting, type) => {
    const value = expressions.expect(setting.value, type);
    const shown = value && withoutSecrets(context, value, 'an obligation');
    return shown && requireClockFree(context, shown);
  };
}
