// The policy of a cluster: the module that all nodes use, in one record. A node that starts uses it; a newer version that
// one node gets is stored for all.

import { gunzipSync, gzipSync } from 'node:zlib';
import { formatErrorMessage } from '../support/message-of.ts';
import { retryPatiently } from './records/patiently.ts';
import { ConditionError } from './records/record-writer.ts';
import type { Records } from './records/records.ts';

/** How often the record is looked at besides what other nodes report, in milliseconds. */
const interval = 1_000;

export class SharedPolicy {
  readonly #records: Records;
  /** The newest sequence that another node reports. */
  readonly #reported: () => number;
  #sequence = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isReading = false;

  constructor(records: Records, reported: () => number) {
    this.#records = records;
    this.#reported = reported;
  }

  /** The sequence of the record that this node uses. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The module of the cluster; the given one if there is none yet. */
  join(module: Uint8Array): Promise<Uint8Array> {
    return retryPatiently(() => this.#join(module));
  }

  async #join(module: Uint8Array): Promise<Uint8Array> {
    const subject = this.#records.names.policy;
    const value = gzipSync(module);
    // The write of another node may fail after it prevented this one.
    for (;;) {
      try {
        this.#sequence = await this.#records.write({ subject, value }, { subject, sequence: 0 });
        return module;
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
      }
      const storedRecord = await this.#records.last(subject);
      if (storedRecord?.value === undefined) continue;
      this.#sequence = storedRecord.sequence;
      return gunzipSync(storedRecord.value);
    }
  }

  /** Stores a newer version for all nodes, this one included. */
  async publish(module: Uint8Array): Promise<void> {
    const subject = this.#records.names.policy;
    await this.#records.write({ subject, value: gzipSync(module) }, undefined);
  }

  /** Calls with each newer version. */
  watch(activate: (module: Uint8Array) => void, onWarning: (warning: string) => void): void {
    let looked = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      if (this.#isReading || (this.#reported() <= this.#sequence && now - looked < interval))
        return;
      looked = now;
      this.#isReading = true;
      this.#read(activate)
        .catch((error) =>
          onWarning(`the policy of the cluster cannot be read: ${formatErrorMessage(error)}`),
        )
        .finally(() => {
          this.#isReading = false;
        });
    }, interval / 5);
  }

  async #read(activate: (module: Uint8Array) => void): Promise<void> {
    const storedRecord = await this.#records.last(this.#records.names.policy);
    if (storedRecord?.value === undefined || storedRecord.sequence <= this.#sequence) return;
    this.#sequence = storedRecord.sequence;
    activate(gunzipSync(storedRecord.value));
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
