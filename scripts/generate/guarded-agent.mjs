// Writes the terminals in docs/guarded-agent/README.md and the picture docs/pictures/guard.svg from a run of the example. Needs
// the built command line: `npm run build && node scripts/generate/guarded-agent.mjs`. It takes half a minute, so `npm run
// generate` leaves it out; test/docs/guides/guarded-agent.test.ts checks both.

import { writeFileSync } from 'node:fs';
import { page, pagePath, picture, picturePath, playScenes } from '../guarded-agent/scenes.mjs';

const scenes = await playScenes();
writeFileSync(pagePath, page(scenes));
writeFileSync(picturePath, picture(scenes));
