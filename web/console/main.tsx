// The entry of the page: shows the service that serves it.

import { applyStoredScheme } from '@nhipol/components';
import { render } from 'preact';
import { ConsoleApp } from './app.tsx';
import { showHiddenCharacters } from './state/visible-text.ts';

const root = document.querySelector<HTMLElement>('#app');
if (root !== null) {
  showHiddenCharacters();
  applyStoredScheme();
  root.replaceChildren();
  // The page is at `/ui/` of the service, which may itself be below a path of a proxy.
  render(<ConsoleApp url={new URL('..', location.href).href} />, root);
}
