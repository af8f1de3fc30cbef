// The output formats of diagnostics, by the value of `--format`. Each is loaded when it is used.

import type { Format } from './report.ts';

const formats = {
  pretty: async () => (await import('./pretty.ts')).formatPretty,
  json: async () => (await import('./json.ts')).formatDiagnosticsJson,
  sarif: async () => (await import('./sarif.ts')).formatSarif,
  github: async () => (await import('./github.ts')).formatGithub,
} satisfies Record<string, () => Promise<Format>>;

export type FormatName = keyof typeof formats;

export function loadFormat(name: FormatName): Promise<Format> {
  return formats[name]();
}
