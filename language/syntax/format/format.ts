// The entry point of the formatter: returns a policy in the canonical style, with its comments, its
// spelling of literals, and runs of blank lines reduced to one. It accepts any text; if there are syntax
// errors, it returns only these.

import { type Diagnostic, hasErrors, Reporter } from '../../diagnostics/diagnostics.ts';
import { parse } from '../parse.ts';
import { between, hardline, join, markCloser, printDoc } from '../print/docs.ts';
import { printItem } from '../print/items.ts';
import { createOriginal } from './original.ts';
import { SourceWords } from './source-words.ts';
import { weave } from './weave.ts';

export { print } from '../print/print.ts';

export interface Formatted {
  /** The formatted text, or `undefined` if the diagnostics contain errors. */
  readonly text: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function format(file: string, text: string): Formatted {
  const reporter = new Reporter();
  const { items } = parse(file, text, reporter);
  const { diagnostics } = reporter;
  if (hasErrors(diagnostics)) return { text: undefined, diagnostics };
  const source = new SourceWords(text);
  const original = createOriginal(source);
  const printed = items.map((item) => printItem(item, original));
  const woven = weave([join(between, printed), markCloser('')], source);
  const formatted = printDoc([woven, hardline]);
  return { text: formatted === '\n' ? '' : formatted, diagnostics };
}
