// The choice of the color scheme, which the browser stores for the next visit.

import { useState } from 'preact/hooks';

const schemes = ['system', 'light', 'dark'] as const;
const storedName = 'scheme';

export function Scheme() {
  const [scheme, setScheme] = useState(readStoredScheme);
  const choose = (next: string) => {
    setScheme(next);
    localStorage.setItem(storedName, next);
    applyScheme(next);
  };
  return (
    <label class="scheme">
      <span class="hidden-on-phones">Colors </span>
      <select
        aria-label="Colors"
        value={scheme}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        {schemes.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}

/** For the start of a page, before anything is rendered. */
export function applyStoredScheme(): void {
  applyScheme(readStoredScheme());
}

function readStoredScheme(): string {
  return localStorage.getItem(storedName) ?? 'system';
}

function applyScheme(scheme: string): void {
  const { dataset } = document.documentElement;
  if (scheme === 'system') delete dataset.scheme;
  else dataset.scheme = scheme;
}
