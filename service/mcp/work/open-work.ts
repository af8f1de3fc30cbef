// The requests that the clients of a guard have open at its server, by subject: since 2026-07-28 each request may have a relay
// of its own, and a client may have many sessions.

/** Requests that have no answer of the server. */
export interface OpenWork {
  readonly requests: number;
  /** Their length. */
  readonly bytes: number;
}

const noWork: OpenWork = { requests: 0, bytes: 0 };

/** The requests of a subject that may have no answer of the server, and their length in bytes. */
const maxRequests = 10_000;
const maxBytes = 64 * 1_048_576;
/** The length of the requests of all subjects. */
const maxBytesInAll = 512 * 1_048_576;

export class OpenWorks {
  readonly #works = new Map<string, OpenWork>();
  #all = noWork;

  /** A relay of a subject has other work open than before. */
  replace(subject: string, before: OpenWork, now: OpenWork): void {
    this.#all = changeWork(this.#all, before, now);
    const work = changeWork(this.#works.get(subject) ?? noWork, before, now);
    if (work.requests === 0) this.#works.delete(subject);
    else this.#works.set(subject, work);
  }

  /** Why a subject can have no further request open, or `undefined` if it can. */
  findProblem(subject: string): string | undefined {
    const { requests, bytes } = this.#works.get(subject) ?? noWork;
    if (requests >= maxRequests || bytes > maxBytes) {
      return `the server has not answered ${requests} requests: start it again`;
    }
    if (this.#all.bytes <= maxBytesInAll) return undefined;
    return `the server has not answered ${this.#all.requests} requests of all clients: start it again`;
  }
}

/** The share of one relay in the work of its subject. */
export class RelayWork {
  readonly #works: OpenWorks;
  readonly #open: () => OpenWork;
  #subject = '';
  #counted = noWork;

  constructor(works: OpenWorks, open: () => OpenWork) {
    this.#works = works;
    this.#open = open;
  }

  /** Why the relay of a subject can take no further request, or `undefined` if it can. */
  findProblem(subject: string): string | undefined {
    this.#subject = subject;
    this.count();
    return this.#works.findProblem(subject);
  }

  /** Something was opened or answered. */
  count(): void {
    if (this.#subject === '') return;
    const open = this.#open();
    this.#works.replace(this.#subject, this.#counted, open);
    this.#counted = open;
  }
}

function changeWork(work: OpenWork, before: OpenWork, now: OpenWork): OpenWork {
  return {
    requests: work.requests - before.requests + now.requests,
    bytes: work.bytes - before.bytes + now.bytes,
  };
}
