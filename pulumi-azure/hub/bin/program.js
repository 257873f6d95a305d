// What Pulumi's host for Node imports first. The check comes before anything that an old Node cannot read is loaded.
await import('../../bin/check-node.js');

// The host takes a default export, alone, for the outputs.
export default await import('../index.ts');
