// The golden cases of test/cases: each folder is a case, with its policy and requests. A case of sessions
// has steps.json instead of requests.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PolicyModel } from '@nhipol/language/model';
import type { TableTexts } from '@nhipol/testing';
import { loadPolicy } from '../scenarios/load-policy.ts';

export interface GoldenCase {
  readonly name: string;
  readonly folder: string;
  readonly policy: PolicyModel;
  /** The sources of its policy, by file. */
  readonly sources: ReadonlyMap<string, string>;
  readonly hasSteps: boolean;
  readonly requests: readonly GoldenRequest[];
}

export interface GoldenRequest {
  readonly name: string;
  readonly text: string;
  /** Milliseconds, or `undefined` for the time of the request. */
  readonly now: number | undefined;
  readonly tables: TableTexts;
}

interface Written {
  readonly name: string;
  /** The JSON value, or a string if it is not valid JSON. */
  readonly request?: unknown;
  readonly text?: string;
  readonly now?: string;
  /** The contents of external tables, as JSON. */
  readonly tables?: Readonly<Record<string, unknown>>;
}

const root = fileURLToPath(new URL('../cases/', import.meta.url));
const entry = 'policy.nhipol';

export function goldenCases(): readonly GoldenCase[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(`/${entry}`))
    .sort()
    .map((file) => readCase(join(root, dirname(file))));
}

function readCase(folder: string): GoldenCase {
  const name = relative(root, folder);
  const { policy, sources, diagnostics } = loadPolicy(entry, folder);
  if (policy === undefined) {
    throw new Error(`${name}: ${diagnostics.map(({ message }) => message).join('\n')}`);
  }
  const hasSteps = existsSync(join(folder, 'steps.json'));
  const requests = hasSteps ? [] : readRequests(folder);
  return { name, folder, policy, sources, hasSteps, requests };
}

function readRequests(folder: string): readonly GoldenRequest[] {
  const written: readonly Written[] = JSON.parse(
    readFileSync(join(folder, 'requests.json'), 'utf8'),
  );
  return written.map(({ name, request, text, now, tables = {} }) => ({
    name,
    text: text ?? JSON.stringify(request),
    now: now === undefined ? undefined : Date.parse(now),
    tables: new Map(Object.entries(tables).map(([table, json]) => [table, JSON.stringify(json)])),
  }));
}
