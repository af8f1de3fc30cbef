// HTML templates. Inserted values are escaped unless they are HTML from another template.

import { displayText } from '@nhipol/language/support';

/** Escaped HTML; created only by `html`. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = string | number | Html | readonly Html[];

export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const whole = texts.map((text, index) => `${text}${render(parts[index] ?? '')}`);
  return new Html(whole.join(''));
}

function render(part: HtmlPart): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map((each: Html) => each.text).join('');
  return escapeHtml(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text, including invisible characters except line ends. */
function escapeHtml(text: string): string {
  return text
    .split('\n')
    .map((line) => displayText(line).replace(/[&<>"']/g, (found) => entities[found] ?? ''))
    .join('\n');
}
