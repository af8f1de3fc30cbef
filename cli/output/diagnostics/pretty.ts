// Diagnostics as text for people.

import { render } from '@nhipol/language';
import type { Format } from './report.ts';

export const formatPretty: Format = ({ diagnostics, sources, palette }) =>
  render(diagnostics, sources, palette);
