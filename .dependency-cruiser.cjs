// Who may import whom. An import of a type counts like any other: a folder that knows another's types knows it.

const ERRORS = '^src/errors\\.ts$';
const npm = (...names) => `^node_modules/(?:${names.join('|')})/`;
const folder = (name) => `^src/${name}/`;
/** Parts of Node that do no input or output. */
const HARMLESS_NODE = '^(?:node:)?(?:crypto|events|timers|timers/promises|perf_hooks|util|async_hooks)$';

/** This folder imports itself, errors.ts and what is listed; nothing else, Node's own modules included. */
const only = (name, allowed) => ({
  name: `${name}-imports-only`,
  comment: `What src/${name} may import is a closed list: see ARCHITECTURE.md.`,
  severity: 'error',
  from: { path: folder(name) },
  to: { pathNot: [folder(name), ERRORS, ...allowed] },
});

/** The same for folders whose work is input and output: all of Node is theirs. */
const adapter = (name, allowed) => {
  const rule = only(name, allowed);
  return { ...rule, to: { ...rule.to, dependencyTypesNot: ['core'] } };
};

/** Only these places know this package. */
const wrapped = (name, places) => ({
  name: `${name}-is-wrapped`,
  comment: `${name} is used in one place, so that it can be replaced there.`,
  severity: 'error',
  from: { pathNot: places },
  to: { path: npm(name) },
});

const INNER = ['domain', 'events', 'ports'].map(folder);

module.exports = {
  forbidden: [
    only('domain', []),
    only('events', [folder('domain'), npm('zod')]),
    only('ports', [folder('domain'), folder('events'), npm('zod')]),
    only('streams', [...INNER, npm('rxjs'), '^(node:)?buffer$']),
    only('producers', [...INNER, folder('streams'), npm('rxjs'), HARMLESS_NODE]),
    only('consumers', [...INNER, folder('streams'), npm('rxjs'), HARMLESS_NODE]),
    adapter('marketplaces', [...INNER, npm('axios', 'zod')]),
    adapter('broker', [...INNER, npm('kafkajs')]),
    adapter('store', [...INNER, '^migrations/', npm('typeorm', 'mysql2')]),
    adapter('mailer', [...INNER, npm('nodemailer', '@resvg/resvg-js')]),
    adapter('channels', INNER),
    adapter('ops', [...INNER, npm('pino', 'prom-client', 'fastify', '@opentelemetry/[^/]+')]),
    // Its mail sink is a real SMTP server that reads the mails it is given.
    adapter('simulator', [...INNER, npm('smtp-server', 'mailparser')]),
    {
      name: 'streams-know-ports-as-types-only',
      comment: 'A stream composes pure functions: it never calls a port itself.',
      severity: 'error',
      from: { path: folder('streams') },
      to: { path: folder('ports'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'errors-import-nothing',
      severity: 'error',
      from: { path: ERRORS },
      to: {},
    },
    {
      name: 'engines-stand-alone',
      comment: 'The engines know nothing of the program that uses them.',
      severity: 'error',
      from: { path: '^engines/' },
      to: { pathNot: ['^engines/', ERRORS, npm('mysql2')], dependencyTypesNot: ['core'] },
    },
    {
      name: 'settings-stand-alone',
      severity: 'error',
      from: { path: '^config/' },
      to: {
        pathNot: ['^config/', ERRORS, folder('domain'), npm('convict')],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration must do for ever what it did when it was written.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { pathNot: [npm('typeorm')] },
    },
    {
      name: 'axios-only-in-http',
      severity: 'error',
      from: { path: '^(?:src|config|migrations|engines|bench)/', pathNot: folder('marketplaces/http') },
      to: { path: npm('axios') },
    },
    wrapped('kafkajs', [folder('broker'), '^test/']),
    wrapped('typeorm', [folder('store'), '^migrations/', '^test/']),
    wrapped('mysql2', [folder('store'), '^engines/mysql\\.ts$', '^test/']),
    wrapped('nodemailer', [folder('mailer'), '^test/']),
    wrapped('pino', [folder('ops'), folder('cli'), '^src/main\\.ts$', '^test/']),
    wrapped('convict', ['^config/', '^test/']),
    {
      name: 'program-knows-no-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-development-packages',
      comment: 'What runs for users comes from "dependencies".',
      severity: 'error',
      from: { path: '^(?:src|config|migrations|engines)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:dist|\\.engines)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
