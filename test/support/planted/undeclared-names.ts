// The errors of a file of TypeScript that are visible without the files it imports: wrong syntax, and names that neither the
// file nor the platform declares.

import ts from 'typescript';
import { plantBug } from '../../../scripts/planted/plant.mjs';

interface PlantedBug {
  readonly id: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const options: ts.CompilerOptions = {
  noLib: true,
  noResolve: true,
  types: [],
  target: ts.ScriptTarget.Latest,
  jsx: ts.JsxEmit.Preserve,
};

/** The codes of `Cannot find name`, also with a suggestion, and in a shorthand property. */
const undeclared: readonly number[] = [2304, 2552, 18004];
/** The codes of `Property does not exist`, also with a suggestion. */
const missing: readonly number[] = [2339, 2551];

const namesBefore = new Map<string, readonly string[]>();

/** Returns the errors that a bug adds to the text of its file: a test would notice that it cannot be loaded, and not the bug. */
export function listErrorsOfBug(bug: PlantedBug, text: string): readonly string[] {
  const before = namesBefore.get(bug.file) ?? listUndeclaredNames(bug.file, text);
  namesBefore.set(bug.file, before);
  const after = listUndeclaredNames(bug.file, plantBug(text, bug));
  return after.filter((name) => !before.includes(name));
}

/** Returns the texts at which the errors are, each once. A file of AssemblyScript has other global names. */
export function listUndeclaredNames(path: string, text: string): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(options),
    getSourceFile: (name) => (name === path ? file : undefined),
    fileExists: (name) => name === path,
  };
  const program = ts.createProgram([path], options, host);
  const syntax = program.getSyntacticDiagnostics(file).map(readErrorText);
  const names = program
    .getSemanticDiagnostics(file)
    .filter((error) => isUndeclaredValue(error, readErrorText(error)))
    .map(readErrorText);
  return [...new Set([...syntax, ...names])];

  function readErrorText({ start = 0, length = 0 }: ts.Diagnostic): string {
    return text.slice(start, start + length);
  }
}

function isUndeclaredValue({ code }: ts.Diagnostic, name: string): boolean {
  if (missing.includes(code)) return name.startsWith('#');
  return undeclared.includes(code) && !(name in globalThis);
}
