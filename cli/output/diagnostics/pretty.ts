// Diagnostics as text for people.

import { render } from '../../../language/diagnostics/render.ts';
import type { Format } from './report.ts';

export const pretty: Format = ({ diagnostics, sources, palette }) =>
  render(diagnostics, sources, palette);
