// Prints groups, rules and scores: each on its own line, and clauses on separate lines.

import type {
  BandNode,
  DemandNode,
  ExprNode,
  GivenNode,
  GroupItemNode,
  GroupNode,
  LetNode,
  MessageNode,
  NameNode,
  RuleNode,
  ScoreConditionNode,
  ScoreNode,
  SettingNode,
} from '../ast.ts';
import { block, type Doc, fillParts, group, hardline, indent, join, line } from './docs.ts';
import { printChain, printMessage, printValue } from './expressions.ts';
import { printBinding, printLet } from './functions.ts';
import { printNames, printNumber } from './literals.ts';
import { printDemands } from './obligations.ts';
import type { Original } from './original.ts';
import { printScope } from './scopes.ts';
import { printSettings } from './settings.ts';

/** Prints a group; if the head is too wide, its condition and the brace are on separate lines. */
export function printGroup(node: GroupNode, original: Original): Doc {
  const scope = printScope(node, original);
  const body = block(printItems(node.items, original));
  if (node.condition === undefined) return [scope, ' ', body];
  const condition = indent([line, 'when ', printChain(node.condition, original)]);
  return [group([scope, condition, line]), body];
}

function printItems(items: readonly GroupItemNode[], original: Original): Doc[] {
  return items.map((item) => printItem(item, original));
}

function printItem(item: GroupItemNode, original: Original): Doc {
  switch (item.kind) {
    case 'Let':
      return printLet(item, original);
    case 'Rule':
      return printRule(item, original);
    case 'Given':
      return printGiven(item, original);
    case 'Score':
      return printScore(item, original);
  }
}

function printRule(node: RuleNode, original: Original): Doc {
  const skip = node.skipUnknown ? ', if unknown skip' : '';
  const otherwise = node.otherwise ? ' otherwise' : '';
  return [
    `${node.effect} ${node.name.text}`,
    node.condition ? printCondition(node.condition, skip, original) : `${otherwise}${skip}`,
    indent(printClauses(node, original).map((clause) => [hardline, clause])),
  ];
}

/** Prints a condition; if it is too wide, it begins on a new line and breaks at `and` or `or`. */
function printCondition(node: ExprNode, skip: string, original: Original): Doc {
  return group(indent([line, 'when ', printChain(node, original), skip]));
}

interface Clauses {
  readonly where?: readonly LetNode[];
  readonly settings?: readonly SettingNode[];
  readonly unless?: ExprNode | undefined;
  readonly demands?: readonly DemandNode[];
  readonly because?: MessageNode | undefined;
  readonly covers?: readonly NameNode[];
}

/** Prints clauses in the order of the source. */
function printClauses(node: Clauses, original: Original): Doc[] {
  const { where = [], settings = [], unless, demands = [], because, covers = [] } = node;
  const clauses: { readonly place: number; readonly clause: Doc }[] = [];
  const add = (first: Parameters<Original['findPlace']>[0] | undefined, print: () => Doc) => {
    if (first) clauses.push({ place: original.findPlace(first), clause: print() });
  };
  add(where[0], () => {
    const bindings = where.map((binding) => printBinding(binding, original));
    return group(['where ', indent(join([',', line], bindings))]);
  });
  add(settings[0], () => ['to ', printSettings(settings, original)]);
  if (unless) add(unless, () => ['or deny unless ', printValue(unless, original)]);
  add(demands[0], () => printDemands(demands, original));
  if (because) add(because, () => ['because ', printMessage(because, original)]);
  add(covers[0], () => ['covers ', indent(fillParts(printNames(covers, original)))]);
  return clauses.sort((a, b) => a.place - b.place).map(({ clause }) => clause);
}

function printGiven(node: GivenNode, original: Original): Doc {
  const value = printValue(node.value, original);
  const head = group([`given ${node.name.text} = `, value, line]);
  const body = [head, block(printItems(node.items, original))];
  if (node.otherwise === undefined) return body;
  const { ignore, items } = node.otherwise;
  return [body, ' otherwise ', ignore ? 'ignore' : block(printItems(items, original))];
}

function printScore(node: ScoreNode, original: Original): Doc {
  const conditions = node.conditions.map((condition) => printScoreCondition(condition, original));
  const bands = node.bands.map((band) => printBand(band, original));
  return [`score ${node.name.text} `, block([...conditions, ...bands])];
}

function printScoreCondition(node: ScoreConditionNode, original: Original): Doc {
  return [
    `${node.name.text} counts `,
    printNumber(node.weight, original),
    printCondition(node.condition, '', original),
    indent(printClauses(node, original).map((clause) => [hardline, clause])),
  ];
}

/** Prints a band, on one line if it fits. */
function printBand(node: BandNode, original: Original): Doc {
  const clauses = printClauses(node, original).map((clause) => [line, clause]);
  const head = ['from ', printNumber(node.from, original), ` ${node.effect}`];
  return group([head, indent(clauses)]);
}
