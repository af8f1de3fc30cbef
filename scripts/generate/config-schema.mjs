// Writes docs/nhipol.schema.json, which editors use to complete and check nhipol.toml. Run it, after a build, when
// the keys in cli/config/keys.ts change.

import { writeFileSync } from 'node:fs';
import { printConfigSchema } from '../../dist/cli/config/schema.js';

writeFileSync(new URL('../../docs/nhipol.schema.json', import.meta.url), printConfigSchema());
