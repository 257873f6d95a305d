export { mayBeExecutable } from './candidate.ts';
export {
  type Executable,
  type ExecutableProblem,
  type ReadExecutable,
  readAtAddress,
  type Section,
  type Segment,
} from './executable.ts';
export { isExecutable, readExecutables } from './read.ts';
