// A cache of compiled policies in a temporary folder, with a policy of two files whose module is any bytes.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModuleCache } from '@nhipol/cli/cache';

type Options = ConstructorParameters<typeof ModuleCache>[0];

export const compiler = { version: '0.1.0', build: 'a' };
export const parts = { sessions: true, possible: true };
export const sources: ReadonlyMap<string, string> = new Map([
  ['guard.nhipol', 'use "secrets.nhipol"'],
  ['secrets.nhipol', 'group secrets {}'],
]);
export const files = [...sources.keys()];
export const compiled = {
  module: new Uint8Array([0, 0x61, 0x73, 0x6d, 10, 13, 255]),
  limits: ['max_rows'],
  warnings: { plain: 'warning[unused]', colored: '\u001b[33mwarning\u001b[39m[unused]' },
};

export class CacheFolder {
  readonly base = mkdtempSync(join(tmpdir(), 'nhipol-cache-'));
  readonly path = join(this.base, 'nhipol/modules');

  open(options: Partial<Options> = {}): ModuleCache {
    return new ModuleCache({ folder: this.path, compiler, ...options });
  }

  /** Stores the policy, and returns the path of its entry. */
  async store(options: Partial<Options> = {}, given = sources): Promise<string> {
    const before = new Set(this.names);
    await this.open(options).store(
      parts,
      { entry: 'guard.nhipol', sources: given, files: [...given.keys()] },
      compiled,
    );
    const name = this.names.find((each) => !before.has(each)) ?? this.names[0] ?? '';
    return join(this.path, name);
  }

  /** Finds the module of the policy, whose files have these texts now. */
  find(options: Partial<Options> = {}, given: ReadonlyMap<string, unknown> = sources) {
    const text = String(given.get('guard.nhipol'));
    const read = async (path: string) => given.get(path);
    return this.open(options).find(parts, { entry: 'guard.nhipol', text }, read);
  }

  get names(): readonly string[] {
    try {
      return readdirSync(this.path);
    } catch {
      return [];
    }
  }

  change(path: string, replace: (bytes: Buffer) => Uint8Array): void {
    writeFileSync(path, replace(readFileSync(path)));
  }

  [Symbol.dispose](): void {
    rmSync(this.base, { recursive: true });
  }
}
