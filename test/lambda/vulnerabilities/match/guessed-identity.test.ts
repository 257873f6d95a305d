import { describe, expect, it } from '@jest/globals';
import type { Package } from '../../../../lambda/packages/index.ts';
import { compareText } from '../../../../lambda/vulnerabilities/database/write-shard.ts';
import { matchPackages } from '../../../../lambda/vulnerabilities/index.ts';
import type { AdvisoryLookup } from '../../../../lambda/vulnerabilities/lookup.ts';
import { advisory, advisoryLookup } from '../../../doubles/advisories.ts';
import { installed } from '../../../doubles/installed.ts';

/** Names as GitHub's advisories have them. */
const NAMES = [
  'org.springframework:spring-core',
  'com.google.protobuf:protobuf-java',
  'org.apache.tomcat:tomcat',
  'org.apache.tomcat:tomcat-catalina',
  'org.apache.tomcat:tomcat-jasper',
  'org.apache.tomcat:jasper',
  'org.apache.tomcat.embed:tomcat-embed-core',
  'org.apache.tomcat:tomcat-embed-core',
  'com.sparkjava:spark-core',
  'org.apache.spark:spark-core',
  'axis:axis',
  'org.apache.axis:axis',
  'mysql:mysql-connector-java',
  'org.testng:testng',
  'com.squareup.okhttp3:okhttp',
  'org.apache.kafka:kafka',
  'org.apache.kafka:kafka_2.13',
  'org.verapdf:core',
  'org.apache.sentry:sentry',
  'org.codehaus.groovy:groovy',
  'org.jenkins-ci.plugins:groovy',
  'org.jenkins-ci.plugins:kubernetes',
  'org.webjars.npm:lodash',
  'com.elasticbox.jenkins-ci.plugins:elasticbox',
  'com.h2database:h2',
  'h2:h2',
];
const RECORDS = NAMES.map((name, at) => advisory({ id: `GHSA-${at}`, ecosystem: 'Maven', name, fixed: '9' }));

function match(name: string, facts: Partial<Package> & { readonly version?: string } = {}) {
  const pkg = installed('maven', name, facts.version ?? '1.0', { confidence: 'low', ...facts });
  const { findings, coverage } = matchPackages({
    packages: [pkg],
    distro: undefined,
    lookup: advisoryLookup(RECORDS),
  });
  return {
    names: findings.map(({ id }) => String(NAMES[Number(id.slice('GHSA-'.length))])).toSorted(compareText),
    reasons: coverage.flatMap(({ reason }) => reason ?? []),
  };
}

describe('vulnerabilities/match/guessed-identity', () => {
  // What manifests and file names lead to, and what is meant.
  it.each<[string, string[]]>([
    // no group: the only one there is
    ['spring-core', ['org.springframework:spring-core']],
    ['okhttp', ['com.squareup.okhttp3:okhttp']],
    // part of the right group
    ['com.google:protobuf-java', ['com.google.protobuf:protobuf-java']],
    ['org.apache:spark-core', ['org.apache.spark:spark-core']],
    ['com.sparkjava.core:spark-core', ['com.sparkjava:spark-core']],
    // both are the same project
    [
      'org.apache:tomcat-embed-core',
      ['org.apache.tomcat.embed:tomcat-embed-core', 'org.apache.tomcat:tomcat-embed-core'],
    ],
    // a wrong group, but the artifact is telling
    ['com.mysql:mysql-connector-java', ['mysql:mysql-connector-java']],
    // one segment is no lead, unless it is the group
    ['org:testng', ['org.testng:testng']],
    ['axis:axis', ['axis:axis']],
    ['org.verapdf:core', ['org.verapdf:core']],
    // Scala's version in the name
    ['kafka_2.13', ['org.apache.kafka:kafka', 'org.apache.kafka:kafka_2.13']],
    ['kafka_2.12', ['org.apache.kafka:kafka']],
    // Tomcat's own names of its files
    ['org.apache:catalina', ['org.apache.tomcat:tomcat', 'org.apache.tomcat:tomcat-catalina']],
    ['catalina', ['org.apache.tomcat:tomcat', 'org.apache.tomcat:tomcat-catalina']],
    ['org.apache:jasper', ['org.apache.tomcat:jasper', 'org.apache.tomcat:tomcat-jasper']],
    // Maven's descriptor is missing, so it is not the Jenkins plugin
    ['groovy', ['org.codehaus.groovy:groovy']],
    ['org.jenkins-ci.plugins:groovy', ['org.jenkins-ci.plugins:groovy']],
    // short, but with its group
    ['com.h2database:h2', ['com.h2database:h2']],
  ])('takes %s for %j', (name, expected) => {
    expect(match(name)).toEqual({ names: expected, reasons: [] });
  });

  it.each([
    ['another project altogether', 'nothing-known'],
    ['an id that is too short', 'h2'],
    ['a word that any project uses', 'core'],
    ['a word that any project uses, in another group', 'com.example.app:core'],
    ['one word in another group', 'io.sentry.android:sentry'],
    ['a file of Tomcat in another group', 'net.sf.reports:jasper'],
    ['a Jenkins plugin', 'kubernetes'],
    ['a Jenkins plugin of a company', 'elasticbox'],
    ['a WebJar', 'lodash'],
    ['the end of an id', 'embed-core'],
    ['nothing but a group', 'org.springframework:'],
  ])('takes %s (%s) for none', (_, name) => {
    expect(match(name)).toEqual({ names: [], reasons: [] });
  });

  it.each(['axis', 'spark-core', 'com.example:spark-core', 'tomcat-embed-core'])(
    'reports %s, which several groups have',
    (name) => {
      expect(match(name)).toEqual({ names: [], reasons: ['identity-ambiguous'] });
    },
  );

  it('reports a missing version rather than asking for other names', () => {
    expect(match('spring-core', { version: '' })).toEqual({ names: [], reasons: [] });
    expect(match('org.apache.axis:axis', { version: '' })).toEqual({
      names: [],
      reasons: ['version-missing'],
    });
  });

  it.each(['high', 'medium'] as const)('takes an identity of %s confidence at its word', (confidence) => {
    expect(match('com.google:protobuf-java', { confidence })).toEqual({ names: [], reasons: [] });
    expect(match('axis', { confidence })).toEqual({ names: [], reasons: [] });
  });

  it('leaves packages of other ecosystems at their names', () => {
    const lookup = advisoryLookup([advisory({ ecosystem: 'Go', name: 'x:spring-core' })]);
    const pkg = installed('golang', 'spring-core', 'v1.0.0', { confidence: 'low' });

    expect(matchPackages({ packages: [pkg], distro: undefined, lookup }).findings).toEqual([]);
  });

  it('asks by the name alone where artifacts cannot be asked for', () => {
    const all = advisoryLookup(RECORDS);
    const lookup: AdvisoryLookup = {
      ecosystems: () => all.ecosystems(),
      advisories: (ecosystem, name) => all.advisories(ecosystem, name),
      exploitation: () => ({}),
    };
    const pkg = installed('maven', 'spring-core', '1.0', { confidence: 'low' });

    const output = matchPackages({
      packages: [pkg],
      distro: undefined,
      lookup,
    });

    expect(output.findings).toEqual([]);
  });

  it('keeps the name under which the package is listed', () => {
    const pkg = installed('maven', 'com.google:protobuf-java', '1.0', { confidence: 'low' });

    const [finding] = matchPackages({
      packages: [pkg],
      distro: undefined,
      lookup: advisoryLookup(RECORDS),
    }).findings;

    expect(finding).toMatchObject({ packageName: 'com.google:protobuf-java', package: pkg.purl });
  });
});
