// The output formats of diagnostics, by the value of `--format`.

import { github } from './github.ts';
import { json } from './json.ts';
import { pretty } from './pretty.ts';
import type { Format } from './report.ts';
import { sarif } from './sarif.ts';

export const formats = { pretty, json, sarif, github } satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
