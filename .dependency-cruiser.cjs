/** Who may import whom under lambda/. Read top to bottom: data flows down, imports point up (ARCHITECTURE.md). */
const mayImport = {
  shared: [],
  versions: ['shared'],
  registry: ['shared'],
  image: ['shared', 'registry'],
  packages: ['shared', 'image'],
  vulnerabilities: ['shared', 'versions', 'packages'],
  report: ['shared', 'image', 'packages', 'vulnerabilities'],
  store: ['shared'],
  integrations: ['shared', 'registry', 'store'],
  scan: ['shared', 'registry', 'image', 'packages', 'vulnerabilities', 'report', 'store', 'integrations'],
  handlers: ['shared', 'registry', 'vulnerabilities', 'report', 'store', 'integrations', 'scan'],
};
const stages = Object.keys(mayImport);
const plugins = 'catalogers|rules|sources|formats';

module.exports = {
  forbidden: [
    ...stages.map((stage) => ({
      name: `one-way:${stage}`,
      severity: 'error',
      comment: `lambda/${stage} may import only: ${mayImport[stage].join(', ') || 'nothing'}`,
      from: { path: `^lambda/${stage}/` },
      to: { path: '^lambda/', pathNot: `^lambda/(${[stage, ...mayImport[stage]].join('|')})/` },
    })),
    {
      name: 'known-stage',
      severity: 'error',
      comment: 'a new folder under lambda/ must be added to mayImport',
      from: { path: `^lambda/(?!(${stages.join('|')})/)` },
      to: {},
    },
    {
      name: 'front-door',
      severity: 'error',
      comment: 'reach another stage through its index.ts; shared/ has no door, each of its files is one',
      from: { path: '^lambda/([^/]+)/' },
      to: {
        path: '^lambda/[^/]+/.+',
        pathNot: ['^lambda/$1/', '^lambda/[^/]+/index[.]ts$', '^lambda/shared/'],
      },
    },
    {
      name: 'front-door-scripts',
      severity: 'error',
      comment: 'the command line and the demo use stages through their index.ts',
      from: { path: '^scripts/', pathNot: '^scripts/(acceptance|bench)/' },
      to: { path: '^lambda/[^/]+/.+', pathNot: ['^lambda/[^/]+/index[.]ts$', '^lambda/shared/'] },
    },
    {
      name: 'plugins-are-strangers',
      severity: 'error',
      comment:
        'a plugin knows its stage, not its siblings: what two of them share lies beside the plugin folder',
      from: { path: `^lambda/([^/]+)/(${plugins})/([^/]+)/` },
      to: { path: `^lambda/$1/$2/([^/]+)/`, pathNot: '^lambda/$1/$2/$3/' },
    },
    {
      name: 'sdk-at-the-edges',
      severity: 'error',
      comment: 'clouds are spoken to where registries, stores and connections are',
      from: { path: '^lambda/', pathNot: '^lambda/(registry|store|integrations|handlers)/' },
      to: { path: '^node_modules/(@aws-sdk|@azure|@aws-lambda-powertools)/' },
    },
    {
      name: 'catalogers-do-no-io',
      severity: 'error',
      comment: 'a cataloger is a pure function of the file it is given',
      from: { path: '^lambda/(packages|versions)/' },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|net|http|https|child_process|dns|tls|worker_threads)',
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-import-of-tests', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    {
      name: 'no-import-of-scripts',
      severity: 'error',
      comment: 'scripts compose the stages, no stage knows a script',
      from: { path: '^lambda/' },
      to: { path: '^scripts/' },
    },
    {
      name: 'iac-apart',
      severity: 'error',
      comment: 'infrastructure knows of the functions only the names of their environment',
      from: { path: '^(cdk|pulumi-azure)/' },
      to: { path: '^(lambda|scripts)/', pathNot: '^lambda/shared/environment[.]ts$' },
    },
    {
      name: 'clouds-apart',
      severity: 'error',
      comment: 'the infrastructure of one cloud knows nothing of the other',
      from: { path: '^(cdk|pulumi-azure)/' },
      to: { path: '^(cdk|pulumi-azure)/', pathNot: '^$1/' },
    },
    {
      name: 'no-import-of-infrastructure',
      severity: 'error',
      comment: 'code runs without the infrastructure around it',
      from: { path: '^lambda/' },
      to: { path: '^(cdk|pulumi-azure)/' },
    },
    {
      name: 'not-to-dev-dep',
      severity: 'error',
      from: { path: '^(cdk/|pulumi-azure/|lambda/|scripts/backline|scripts/cli/|scripts/azure/)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      // of these there are only types: @types/sarif, @types/aws-lambda
      to: { couldNotResolve: true, pathNot: '^(sarif|aws-lambda)$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
