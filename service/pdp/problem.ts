// Why an operation is refused: a status of HTTP, a sentence for a person, and the place in the input, as problem details
// (RFC 9457). Every transport maps the status to its own.

export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 429 | 500 | 503;

export interface ProblemDetails {
  /** JSONPath (RFC 9535) of the member at fault. */
  readonly path?: string;
  /** A word for programs, such as `no_session`. */
  readonly code?: string;
}

export const problemTitles: Readonly<Record<ProblemStatus, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly details: ProblemDetails;

  constructor(status: ProblemStatus, message: string, details: ProblemDetails = {}) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.details = details;
  }

  toJSON() {
    const { status, message, details } = this;
    return { title: problemTitles[status], status, detail: message, ...details };
  }
}

/** A caller has, or does, too much: after some seconds it may try again. */
export class TooManyRequests extends Problem {
  readonly retryAfter: number;

  constructor(message: string, retryAfter = 5) {
    super(429, message);
    this.retryAfter = retryAfter;
  }
}

/** The seconds of the header `Retry-After` of a problem, or `undefined` if it has none. */
export function getRetryDelay(problem: Problem): number | undefined {
  if (problem instanceof TooManyRequests) return problem.retryAfter;
  return problem.status === 429 ? 5 : undefined;
}
