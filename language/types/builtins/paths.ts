// Builtins for paths, which are compared by segment and only in normal form.

import { findNormalProblem, findUnderProblem, isNormalPath, isSubpath } from '../paths.ts';
import { bool, string } from '../types.ts';
import type { BuiltinRows } from './builtin.ts';

export const pathBuiltins = {
  under: {
    doc: 'Whether the path is the root or below it; unknown if either is not in normal form.',
    operands: 2,
    cost: 'length',
    takes: 'two strings',
    resolve: ([path, root]) =>
      path?.kind === 'String' && root?.kind === 'String'
        ? {
            result: bool,
            assembly: 'underPath',
            mayFail: true,
            evaluate: ([a, b]) => isSubpath(a as string, b as string),
            problem: ([a, b]) => findUnderProblem(a as string, b as string),
          }
        : undefined,
  },
  normal_path: {
    doc: 'The path if it is in normal form, otherwise unknown.',
    operands: 1,
    cost: 'length',
    takes: 'a String',
    resolve: ([path]) =>
      path?.kind === 'String'
        ? {
            result: string,
            assembly: 'normalPath',
            mayFail: true,
            evaluate: ([a]) => (isNormalPath(a as string) ? a : undefined),
            problem: ([a]) => findNormalProblem('path', a as string),
          }
        : undefined,
  },
} satisfies BuiltinRows;
