// Implements `nhipol signals pause`, `resume` and `delete`: changes the stream of a source at its transmitter.

import { dirname } from 'node:path';
import { displayText } from '@nhipol/language/support';
import type { StreamChange } from '@nhipol/service';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';

export interface ChangeStreamOptions {
  readonly signals: string;
  readonly publicUrl?: string;
  readonly reason?: string;
}

const done: Readonly<Record<StreamChange, string>> = {
  pause: 'paused',
  resume: 'enabled',
  delete: 'deleted',
};

export async function changeStreamCommand(
  change: StreamChange,
  name: string,
  options: ChangeStreamOptions,
  console: Console,
): Promise<ExitCode> {
  const { changeStream } = await import('@nhipol/service');
  const source = await findSource(options.signals, name);
  const { delivery, pushUrl } = source;
  const given = buildPushUrl(options.publicUrl, name);
  if (delivery === 'push' && pushUrl === undefined && given === undefined) {
    throw new UsageError(`${name} is pushed: name where with --public-url, or \`push_url\``);
  }
  try {
    const id = await changeStream(source, change, { pushUrl: given, reason: options.reason });
    if (id !== undefined) {
      await console.out(`${displayText(`the stream ${id} of ${name} is ${done[change]}`)}\n`);
      return exitCode.fine;
    }
    console.notify(`nhipol signals ${change}`, `${name} has no stream at ${source.issuer}`);
  } catch (error) {
    console.notify(`nhipol signals ${change}`, `${name}: ${(error as Error).message}`);
  }
  return exitCode.findings;
}

async function findSource(path: string, name: string) {
  const { readSignalSettings, SettingsError } = await import('@nhipol/service');
  try {
    const { sources } = readSignalSettings(await readInputText(path), dirname(path));
    const source = sources.find((sourceSettings) => sourceSettings.name === name);
    if (source !== undefined) return source;
    const names = sources.map((sourceSettings) => sourceSettings.name).join(', ');
    throw new UsageError(`${path}: no source ${name}; there is ${names || 'none'}`);
  } catch (error) {
    if (error instanceof SettingsError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

function buildPushUrl(publicUrl: string | undefined, name: string): URL | undefined {
  if (publicUrl === undefined) return undefined;
  const base = publicUrl.replace(/\/$/, '');
  if (!URL.canParse(base)) throw new UsageError(`--public-url ${publicUrl}: expected a URL`);
  return new URL(`${base}/signals/${name}`);
}
