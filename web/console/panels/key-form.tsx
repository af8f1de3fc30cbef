// A form for a key of the service. The key stays in the memory of the page.

import { useState } from 'preact/hooks';

export interface KeyFormProps {
  /** Whether the service did not accept a key. */
  readonly isRefused: boolean;
  readonly onKey: (key: string) => void;
}

export function KeyForm({ isRefused, onKey }: KeyFormProps) {
  const [key, setKey] = useState('');
  return (
    <main class="key">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onKey(key);
        }}
      >
        <h2>This service requires a key</h2>
        {isRefused && (
          <p class="note" role="alert">
            The service did not accept the key.
          </p>
        )}
        <p class="soft">
          It needs the roles <code>sessions</code> and <code>operate</code>. The key stays in this
          page: it is forgotten when the page is closed or loaded again.
        </p>
        <div class="row">
          <label>
            API key{' '}
            <input
              type="password"
              autocomplete="off"
              value={key}
              onInput={({ currentTarget }) => setKey(currentTarget.value)}
            />
          </label>
          <button type="submit" class="main" disabled={key === ''}>
            Use the key
          </button>
        </div>
      </form>
    </main>
  );
}
