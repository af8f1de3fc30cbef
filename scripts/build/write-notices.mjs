// Writes THIRD-PARTY-NOTICES.md, before the package `nhipol` is packed. Needs the built project.

import { writeNotices } from './notices.mjs';

await writeNotices();
