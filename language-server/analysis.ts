// The analysis of a policy, as the features of the server read it: the result of the check, the syntax trees, the types of
// expressions, and the occurrences of names, which are found when they are first needed.

import { type Analysis, analyze } from '../language/check.ts';
import type { ParsedFiles, Unreadable } from '../language/checker/load.ts';
import type { Notes } from '../language/checker/notes.ts';
import { unmeasured } from '../language/support/measure.ts';
import type { SourceMap } from '../language/support/source.ts';
import { type Occurrence, occurrencesIn } from './index/occurrences.ts';

export interface PolicyAnalysis extends Analysis {
  readonly entry: string;
  readonly sources: SourceMap;
  /** The trees of the files. */
  readonly parsed: ParsedFiles;
  readonly types: Notes;
  /** All names of the policy's files with what they refer to. */
  readonly occurrences: readonly Occurrence[];
}

export interface AnalysisInput {
  readonly entry: string;
  readonly sources: SourceMap;
  /** Keeps the trees of files that did not change. */
  readonly parsed: ParsedFiles;
  readonly unreadable: ReadonlyMap<string, Unreadable>;
  /** Looks only for errors, which is faster. */
  readonly withoutWarnings?: boolean;
}

export function analyzePolicy({ entry, sources, ...loading }: AnalysisInput): PolicyAnalysis {
  const notes: Notes = new Map();
  const analysis = analyze(entry, sources, { ...loading, notes, measure: unmeasured });
  let occurrences: readonly Occurrence[] | undefined;
  return {
    ...analysis,
    entry,
    sources,
    parsed: loading.parsed,
    types: notes,
    get occurrences() {
      occurrences ??= occurrencesIn(analysis, notes);
      return occurrences;
    },
  };
}

/** Whether two maps, such as the sources of two analyses, are the same. */
export function sameEntries<Value>(
  one: ReadonlyMap<string, Value>,
  other: ReadonlyMap<string, Value>,
): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
