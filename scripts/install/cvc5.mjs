// Installs cvc5 from PyPI for the comparison of proofs with a second encoding, in test/proving/second-encoding/.venv/
// (60 MB). Its tests are skipped without it.

import { installWheels } from './wheels.mjs';

installWheels('test/proving/second-encoding/');
