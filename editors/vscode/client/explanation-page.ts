// The page of an explanation: takes the element that the server made, and returns a document that loads one style sheet and
// nothing else. The text can be focused and scrolled with the keyboard.

import type { ExplainResult } from '@nhipol/language-server/protocol';
import { Html, html } from '@nhipol/reporting';

export interface Frame {
  readonly title: string;
  /** The source of the webview, for its content security policy. */
  readonly source: string;
  /** The address of the style sheet. */
  readonly style: string;
}

type Explained = Exclude<ExplainResult, { readonly error: string }>;

export function renderResultPage(frame: Frame, explained: Explained): string {
  const { effect, validUntil } = explained;
  const until =
    validUntil === undefined ? '' : html` <span class="until">until ${validUntil}</span>`;
  return page(
    frame,
    html`<p><strong class="effect ${effect}">${effect}</strong>${until}</p>
<main tabindex="0" aria-label="Explanation">${new Html(explained.html)}</main>`,
  );
}

export function renderFailurePage(frame: Frame, reason: string): string {
  return page(frame, html`<p role="alert">There is no decision: ${reason}</p>`);
}

function page({ title, source, style }: Frame, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`.text;
}
