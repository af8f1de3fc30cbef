// A response of a handler of the fetch style that is cut off when its request is no longer permitted: instead of the
// response if it has not begun, or within its body.

import type { AuthorizationEnded } from './authorization.ts';
import type { Admission } from './protect.ts';
import type { Refusal } from './refusal.ts';

type Admitted = Extract<Admission, { readonly kind: 'admitted' }>;

export function toResponse({ status, headers, body }: Refusal): Response {
  return new Response(body, { status, headers });
}

/** Runs a handler, and returns its response. Rejects as it does; the request is supervised until the body was read. */
export async function runWhileAuthorized(
  { authorization: { signal }, end }: Admitted,
  run: () => Response | Promise<Response>,
): Promise<Response> {
  const ended = new Promise<'ended'>((resolve) => {
    signal.addEventListener('abort', () => resolve('ended'), { once: true });
  });
  const running = Promise.resolve().then(run);
  let response: Response | 'ended';
  try {
    response = await Promise.race([running, ended]);
  } catch (error) {
    end();
    if (!signal.aborted) throw error;
    response = 'ended';
  }
  if (response === 'ended' || signal.aborted) {
    discard(running);
    return toResponse((signal.reason as AuthorizationEnded).refusal);
  }
  if (response.body === null) {
    end();
    return response;
  }
  return new Response(superviseBody(response.body, signal, end), response);
}

/** Nobody reads what comes late. */
function discard(running: Promise<Response>): void {
  running.then(({ body }) => body?.cancel()).catch(() => {});
}

/** The same bytes. An error when the signal is aborted; calls `end` after the last one. */
function superviseBody(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  end: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const stop = (reason: unknown) => {
    end();
    reader.cancel(reason).catch(() => {});
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const cut = () => {
          controller.error(signal.reason);
          stop(signal.reason);
        };
        signal.addEventListener('abort', cut, { once: true });
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (signal.aborted) return;
          if (!done) return controller.enqueue(value);
          end();
          controller.close();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
}
