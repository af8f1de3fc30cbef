// A listing of a file whose lines have states and notes. A state has a sign, so that it does not depend on color.

import { displayText } from '@nhipol/language/support';
import { highlightSource } from './color.ts';
import { type Html, html } from './html-template.ts';
import { type Phrase, readPlainText } from './phrase.ts';

export interface Listing {
  readonly kind: 'listing';
  /** The path of the file. */
  readonly caption: string;
  readonly lines: readonly ListingLine[];
}

export interface ListingLine {
  readonly number: number;
  /** `undefined` if the line has no state. */
  readonly state: ListingState | undefined;
  readonly parts: readonly ListingPart[];
  readonly notes: readonly Phrase[];
}

export type ListingState = 'covered' | 'partly' | 'uncovered';

export interface ListingPart {
  readonly text: string;
  readonly state?: ListingState;
  /** The title that is shown on hover. */
  readonly says?: string;
}

const signs: Readonly<Record<ListingState, { readonly sign: string; readonly words: string }>> = {
  covered: { sign: '✓', words: 'covered' },
  partly: { sign: '~', words: 'partly covered' },
  uncovered: { sign: '✗', words: 'not covered' },
};

/** The legend of signs. */
export const signsLegend = Object.values(signs)
  .map(({ sign, words }) => `${sign} ${words}`)
  .join(', ');

/** Renders a listing as HTML. `phrase` renders phrases. */
export function renderListingHtml(
  { caption, lines }: Listing,
  phrase: (parts: Phrase) => readonly Html[],
): Html {
  return html`<table class="listing" aria-label="${caption}">
<tbody>
${lines.map((line) => renderLine(line, phrase))}</tbody>
</table>
`;
}

function renderLine(
  { number, state, parts, notes }: ListingLine,
  phrase: (parts: Phrase) => readonly Html[],
): Html {
  const sign =
    state === undefined
      ? html`<td></td>`
      : html`<td class="sign ${state}"><span role="img" aria-label="${signs[state].words}">${signs[state].sign}</span></td>`;
  const below = notes.map((note) => html`<p class="note">${phrase(note)}</p>`);
  return html`<tr><th scope="row">${number}</th>${sign}<td><code>${parts.map(renderPart)}</code>${below}</td></tr>
`;
}

function renderPart({ text, state, says }: ListingPart): Html {
  if (state === undefined) {
    return html`${highlightSource({ kind: 'source', language: 'nhipol', text })}`;
  }
  return html`<mark class="${state}" title="${says ?? ''}">${text}</mark>`;
}

export function renderListingLines({ lines }: Listing): readonly string[] {
  const width = String(lines.at(-1)?.number ?? 0).length;
  return lines.flatMap(({ number, state, parts, notes }) => {
    const sign = state === undefined ? ' ' : signs[state].sign;
    const text = displayText(parts.map((part) => part.text).join(''));
    const below = notes.map(
      (note) => `${' '.repeat(width)}   ↑ ${displayText(readPlainText(note))}`,
    );
    return [`${String(number).padStart(width)} ${sign} ${text}`.trimEnd(), ...below];
  });
}
