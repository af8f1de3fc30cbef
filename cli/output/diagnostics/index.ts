// The output formats of diagnostics, by the value of `--format`. Each is loaded when it is used.

import type { Format } from './report.ts';

const formats = {
  pretty: async () => (await import('./pretty.ts')).prettyFormat,
  json: async () => (await import('./json.ts')).jsonFormat,
  sarif: async () => (await import('./sarif.ts')).sarif,
  github: async () => (await import('./github.ts')).github,
} satisfies Record<string, () => Promise<Format>>;

export type FormatName = keyof typeof formats;

export function loadFormat(name: FormatName): Promise<Format> {
  return formats[name]();
}
