// Plain JavaScript that every Node understands: Pulumi's host for Node runs on the first one it finds, which may be an old one. That
// could not even read the TypeScript, and would say so in words that help nobody.
import { RunError } from '@pulumi/pulumi';

const WANTED_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < WANTED_MAJOR) {
  throw new RunError(
    `Node ${WANTED_MAJOR} or newer is needed, this is ${process.version}; the project brings one: ` +
      'run npm ci, and put its node_modules/.bin before the rest of PATH',
  );
}
