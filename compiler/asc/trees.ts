// The parsed files of earlier programs. Most files of a module belong to the library, so parsing them once per process
// saves most of the time of AssemblyScript's parser.

import type { Asc, AscProgram, AscSource } from './tools.ts';

interface Tree {
  readonly text: string;
  readonly source: AscSource;
  /** The files that it imports. */
  readonly imports: readonly string[];
}

export class AscTrees {
  readonly #asc: Asc;
  readonly #trees = new Map<string, Tree>();

  constructor(asc: Asc) {
    this.#asc = asc;
  }

  /** Adds a file to a program: its tree if the same text was parsed before. `path`: without its extension. */
  add(program: AscProgram, path: string, text: string, isEntry = false): void {
    if (program.parser.donelog.has(path)) return;
    const kept = this.#trees.get(path);
    if (kept?.text === text) reuse(program, path, kept);
    else this.#parse(program, path, text, isEntry);
  }

  #parse(program: AscProgram, path: string, text: string, isEntry: boolean): void {
    this.#asc.parse(program, text, `${path}.ts`, isEntry);
    const source = program.sources.at(-1);
    if (source?.internalPath !== path) throw new Error(`broken invariant: ${path} is not parsed`);
    const imports = source.statements.flatMap(({ internalPath }) => internalPath ?? []);
    this.#trees.set(path, { text, source, imports });
  }
}

/** Does what the parser does with a file, without parsing it. */
function reuse({ sources, parser }: AscProgram, path: string, { source, imports }: Tree): void {
  source.debugInfoIndex = -1;
  source.exportPaths = null;
  sources.push(source);
  parser.donelog.add(path);
  parser.seenlog.add(path);
  for (const each of imports) {
    if (parser.seenlog.has(each)) continue;
    parser.seenlog.add(each);
    parser.backlog.push(each);
  }
}
