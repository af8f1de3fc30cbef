// Writes docs/decision-log.schema.json, the JSON Schema of the lines of a decision log.

import { writeFileSync } from 'node:fs';
import { entrySchema } from '../../service/dist/log/entry-schema.js';

const page = new URL('../../docs/decision-log.schema.json', import.meta.url);
writeFileSync(page, `${JSON.stringify(entrySchema, undefined, 2)}\n`);
