// The style sheet of a page with the shared components: colors, what they share, and its own part.

import { readFileSync } from 'node:fs';
import { chosenSchemes, style } from '../../dist/assurance/reporting/pages/style.js';

const shared = new URL('../../web/components/styles.css', import.meta.url);

/** `own`: the file with the rules of the page. @param {string} own */
export function pageStyles(own) {
  return `${style.text}${chosenSchemes}${readFileSync(shared, 'utf8')}${readFileSync(own, 'utf8')}`;
}
