// Starts the CDK app on a Node that can run it. Plain JavaScript that every Node understands, because the Node that `cdk`
// finds first may be an old one; the project's own Node 24 lies in node_modules once it is installed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED_MAJOR = 24;
const cdk = dirname(dirname(fileURLToPath(import.meta.url)));
const own = join(dirname(cdk), 'node_modules', '.bin', 'node');

if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) {
  await import('../app.ts');
} else if (existsSync(own)) {
  const { error, status } = spawnSync(own, [join(cdk, 'app.ts')], { stdio: 'inherit' });
  if (error !== undefined) {
    process.stderr.write(
      `backline: cannot start: ${error.message}; run npm ci in the project, or install Node ${WANTED_MAJOR}\n`,
    );
  }
  process.exitCode = status ?? 1;
} else {
  process.stderr.write(
    `backline: Node ${WANTED_MAJOR} or newer is needed, this is ${process.version}; ` +
      'run npm ci in the project, which brings one, or install it\n',
  );
  process.exitCode = 1;
}
