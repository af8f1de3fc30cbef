// Installs what the hosts and packages of other languages need and is missing, with apt-get, which needs root.

import { hosts } from '../hosts/list.mjs';
import { installMissing } from '../hosts/toolchains.mjs';
import { ecosystems } from '../packages/list.mjs';

installMissing([...hosts, ...ecosystems].flatMap(({ needs }) => needs));
