export { mayBeExecutable } from './candidate.ts';
export { type Executable, readAtAddress } from './executable.ts';
export { isExecutable, readExecutables } from './read.ts';
