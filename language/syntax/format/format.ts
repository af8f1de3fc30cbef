// The formatter's door: a policy's text in, the same policy in the canonical style out, with its
// comments, the author's spelling of literals and at most one blank line where there were some.
// It takes any text; of one with syntax errors only these come out.

import { type Diagnostic, hasErrors, Reporter } from '../../diagnostics/diagnostics.ts';
import { parse } from '../parse.ts';
import { between, endOf, hardline, join, layOut } from '../print/docs.ts';
import { printItem } from '../print/items.ts';
import { originalOf } from './original.ts';
import { SourceWords } from './source-words.ts';
import { weave } from './weave.ts';

export { print } from '../print/print.ts';

export interface Formatted {
  /** undefined: there are errors among the diagnostics. */
  readonly text: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function format(file: string, text: string): Formatted {
  const reporter = new Reporter();
  const { items } = parse(file, text, reporter);
  const { diagnostics } = reporter;
  if (hasErrors(diagnostics)) return { text: undefined, diagnostics };
  const source = new SourceWords(text);
  const original = originalOf(source);
  const printed = items.map((item) => printItem(item, original));
  const woven = weave([join(between, printed), endOf('')], source);
  const formatted = layOut([woven, hardline]);
  return { text: formatted === '\n' ? '' : formatted, diagnostics };
}
