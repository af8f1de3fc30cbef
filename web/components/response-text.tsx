// The response of AuthZEN as JSON, closed at first.

import { Scrollable } from './scrollable.tsx';

/** `text`: JSON with indentation. */
export function ResponseText({ text }: { readonly text: string }) {
  return (
    <details>
      <summary>Response (AuthZEN)</summary>
      <Scrollable label="Response" class="response">
        <pre>
          <code>{text}</code>
        </pre>
      </Scrollable>
    </details>
  );
}
