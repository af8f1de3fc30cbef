// Checks which files use which: reports missing files, unknown vocabularies, names that are
// imported twice, and circles.

import { type Fix, proposeRemoval, proposeReplacement } from '../diagnostics/fix.ts';
import { guess } from '../diagnostics/guess.ts';
import { formatRelativePath, type Span } from '../support/source.ts';
import { displayPath, isVocabulary, vocabularies } from '../vocabulary/vocabulary.ts';
import type { Context } from './context.ts';
import type { LoadedFile, LoadedUse } from './load.ts';

/**
 * Returns false if the files cannot be checked: the declarations of a circle depend on where it
 * begins.
 */
export function checkUses(context: Context, entry: string): boolean {
  for (const file of context.files.values()) {
    for (const use of file.uses) checkSource(context, use);
    checkTwice(context, file);
  }
  return checkCircles(context, entry);
}

function checkSource(context: Context, { node, path }: LoadedUse): void {
  const { from } = node;
  if (from.kind === 'Name') {
    if (path !== undefined) return;
    context.reporter.report(
      'unknown-vocabulary',
      from.span,
      { name: from.text },
      guess(from.text, from.span, vocabularies.keys()),
    );
  } else if (path !== undefined && !context.files.has(path)) {
    const isVocabularyName = from.kind === 'String' && vocabularies.has(from.value);
    const extra = isVocabularyName
      ? {
          help: `the vocabulary is written without quotes: \`use ${from.value}.{ Risk }\``,
          fix: proposeReplacement(from.span, from.value),
        }
      : {};
    context.reportUnread(path, from.span, extra);
  }
}

function checkTwice(context: Context, file: LoadedFile): void {
  const seen = new Map<string, Span>();
  const once = (key: string, what: string, span: Span, fix: Fix | undefined) => {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, span);
    else {
      const related = [{ span: first, message: 'first here' }];
      context.reporter.report('used-twice', span, { what }, { related, fix });
    }
  };
  for (const { node, path } of file.uses) {
    if (path === undefined) continue;
    const wholeFix = proposeRemoval(node.span, 'remove this `use`');
    if (node.names === undefined) once(path, 'this file', node.from.span, wholeFix);
    for (const [index, name] of (node.names ?? []).entries()) {
      const start = node.names?.[index - 1]?.span.end;
      // Includes the comma before the name; if there is none, the name may be the only one.
      const span = start === undefined ? node.span : { ...name.span, start };
      const fix =
        start === undefined && node.names?.length !== 1
          ? undefined
          : proposeRemoval(span, `remove \`${name.text}\``);
      once(`${path} ${name.text}`, `\`${name.text}\``, name.span, fix);
    }
  }
}

/** Without recursion, because a chain of files may be long. */
function checkCircles(context: Context, entry: string): boolean {
  let isValid = true;
  const done = new Set<string>();
  for (const start of context.files.keys()) {
    const chain: { path: string; rest: LoadedUse[] }[] = [];
    const enter = (path: string) => {
      const uses = context.files.get(path)?.uses ?? [];
      if (!done.has(path)) chain.push({ path, rest: [...uses].reverse() });
    };
    enter(start);
    for (let last = chain.at(-1); last !== undefined; last = chain.at(-1)) {
      const use = last.rest.pop();
      if (use === undefined) {
        done.add(last.path);
        chain.pop();
        continue;
      }
      const { path } = use;
      if (path === undefined) continue;
      const from = chain.findIndex((step) => step.path === path);
      if (from === -1) {
        enter(path);
        continue;
      }
      isValid = false;
      const names = [...chain.slice(from).map((step) => step.path), path].map((step) =>
        isVocabulary(step) ? displayPath(step) : formatRelativePath(entry, step),
      );
      context.reporter.report('use-cycle', use.node.from.span, { way: names });
    }
  }
  return isValid;
}
