// Writes docs/nhipol.schema.json, with which editors help with a nhipol.toml. Run it, after a build, when
// the keys in cli/config/keys.ts have changed.

import { writeFileSync } from 'node:fs';
import { schemaText } from '../dist/cli/config/schema.js';

writeFileSync(new URL('../docs/nhipol.schema.json', import.meta.url), schemaText());
