// Prints a declaration, group or test.

import type { ItemNode } from '../ast.ts';
import {
  printConst,
  printConstraint,
  printContext,
  printEnum,
  printNameSet,
  printPolicyHeader,
  printSchema,
  printTable,
  printType,
  printUse,
} from './declarations.ts';
import type { Doc } from './docs.ts';
import { printFunction, printLet } from './functions.ts';
import { printInvariant } from './invariants.ts';
import { printObligation } from './obligations.ts';
import type { Original } from './original.ts';
import { printGroup } from './rules.ts';
import { printFixture, printTest } from './tests.ts';
import { printWindow } from './windows.ts';

export function printItem(item: ItemNode, original: Original): Doc {
  switch (item.kind) {
    case 'PolicyHeader':
      return printPolicyHeader(item, original);
    case 'Use':
      return printUse(item, original);
    case 'Enum':
      return printEnum(item, original);
    case 'Record':
      return printSchema('record', item.name, item.type, original);
    case 'Const':
      return printConst(item, original);
    case 'Function':
      return printFunction(item, original);
    case 'Let':
      return printLet(item, original);
    case 'Subject':
    case 'Action':
    case 'Resource': {
      const keyword = item.kind.toLowerCase();
      return printSchema(item.name ? keyword : `${keyword} any`, item.name, item.type, original);
    }
    case 'Context':
      return printContext(item, original);
    case 'Signals':
      return [`${item.of}s `, printType(item.type, original)];
    case 'NameSet':
      return printNameSet(item, original);
    case 'Table':
      return printTable(item, original);
    case 'Constraint':
      return printConstraint(item, original);
    case 'Window':
      return printWindow(item, original);
    case 'Obligation':
      return printObligation(item, original);
    case 'Invariant':
      return printInvariant(item, original);
    case 'Group':
      return printGroup(item, original);
    case 'Fixture':
      return printFixture(item, original);
    case 'Test':
      return printTest(item, original);
  }
}
