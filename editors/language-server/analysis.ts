// The analysis of a policy, as the features of the server read it: the result of the check, the syntax trees, the types of
// expressions, and the occurrences of names, which are found when they are first needed.

import {
  type Analysis,
  analyze,
  type Checked,
  type Notes,
  type ParsedFiles,
  type UnreadableFile,
} from '@nhipol/language';
import { type SourceMap, skipMeasure } from '@nhipol/language/support';
import { collectOccurrences, type Occurrence } from './index/occurrences.ts';

export interface PolicyAnalysis extends Analysis {
  readonly entry: string;
  readonly sources: SourceMap;
  /** The trees of the files. */
  readonly parsed: ParsedFiles;
  readonly types: Notes;
  /** All names of the policy's files with what they refer to. */
  readonly occurrences: readonly Occurrence[];
  /** Whether the warnings are found, or there are none because of errors. */
  readonly isComplete: boolean;
}

export interface AnalysisInput {
  readonly entry: string;
  readonly sources: SourceMap;
  /** Keeps the trees of files that did not change. */
  readonly parsed: ParsedFiles;
  readonly unreadable: ReadonlyMap<string, UnreadableFile>;
}

/** Finds the errors; `complete` finds the warnings when they are first needed. */
export function analyzePolicy({ entry, sources, ...loading }: AnalysisInput): PolicyAnalysis {
  const notes: Notes = new Map();
  const options = { ...loading, notes, measure: skipMeasure, withoutWarnings: true };
  const analysis = analyze(entry, sources, options);
  let occurrences: readonly Occurrence[] | undefined;
  let completed: Checked | undefined;
  return {
    ...analysis,
    entry,
    sources,
    parsed: loading.parsed,
    types: notes,
    complete: () => {
      completed ??= analysis.complete();
      return completed;
    },
    get isComplete() {
      return completed !== undefined || analysis.policy === undefined;
    },
    get occurrences() {
      occurrences ??= collectOccurrences(analysis, notes);
      return occurrences;
    },
  };
}

/** Whether two maps, such as the sources of two analyses, are the same. */
export function hasSameEntries<Value>(
  one: ReadonlyMap<string, Value>,
  other: ReadonlyMap<string, Value>,
): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
