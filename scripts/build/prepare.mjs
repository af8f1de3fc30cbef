// `npm run prepare`, which npm runs after an installation in a clone: builds nhipol. If npm installs from a git URL
// globally, as pre-commit does, it omits the development dependencies that the build needs, so they are
// installed first.

import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const run = (command, env) =>
  execSync(command, { stdio: 'inherit', env: { ...process.env, ...env } });

if (!existsSync('node_modules/typescript')) {
  run('npm ci --ignore-scripts --no-audit --no-fund', { npm_config_global: 'false' });
}
run('npm run build');
