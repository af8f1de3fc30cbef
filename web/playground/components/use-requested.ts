// Requests about the policy that a button sends, as a hook.

import type { LSPClient } from '@codemirror/lsp-client';
import { useEffect, useState } from 'preact/hooks';

export interface Requested<Result> {
  /** The result for the text, or `undefined` if none was requested, or the text has changed since. */
  readonly current: Result | undefined;
  /** Why the latest request failed. */
  readonly failure: string | undefined;
  /** Sends the request. Resolves with its result, or with `undefined` if it failed. */
  readonly send: (method: string, params: object) => Promise<Result | undefined>;
}

/** `text` is that of the policy; results are shown until it changes. */
export function useRequested<Result>(client: LSPClient, text: string): Requested<Result> {
  const [found, setFound] = useState<{ readonly text: string; readonly result: Result }>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => setFailure(undefined), [text]);
  const send = async (method: string, params: object) => {
    setFailure(undefined);
    client.sync();
    try {
      const result = await client.request<object, Result>(method, params);
      setFound({ text, result });
      return result;
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  return { current: found?.text === text ? found.result : undefined, failure, send };
}
