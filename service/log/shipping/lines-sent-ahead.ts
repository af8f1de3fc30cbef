// The lines that a collector accepted before their turn: they are not sent again in their turn, also by another process.

import { createHash } from 'node:crypto';
import type { Positions } from '../../support/positions.ts';

/** The number of lines that are remembered: the latest ones. */
const maxLines = 1_000;

export class LinesSentAhead {
  readonly #positions: Positions;
  readonly #name: string;
  readonly #digests: Set<string>;

  constructor(positions: Positions, name: string) {
    [this.#positions, this.#name] = [positions, name];
    this.#digests = new Set(JSON.parse(positions.position(name) ?? '[]'));
  }

  has(line: string): boolean {
    return this.#digests.size > 0 && this.#digests.has(computeDigest(line));
  }

  add(line: string): void {
    this.#digests.add(computeDigest(line));
    for (const oldest of this.#digests) {
      if (this.#digests.size <= maxLines) break;
      this.#digests.delete(oldest);
    }
    this.#positions.setPosition(this.#name, JSON.stringify([...this.#digests]));
  }
}

function computeDigest(line: string): string {
  return createHash('sha256').update(line).digest('base64').slice(0, 22);
}
