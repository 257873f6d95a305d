import { describe, expect, it } from '@jest/globals';
import { gem } from '../../../../lambda/packages/catalogers/gem/index.ts';
import { wantedFile } from '../../../support/wanted-file.ts';

const PATH = 'usr/local/bundle/specifications/nokogiri-1.16.0-x86_64-linux.gemspec';
const GIT = 'usr/local/bundle/bundler/gems/x-0123abc/x.gemspec';

const parse = (content: string | Buffer, path = PATH) => gem.parse(wantedFile(path, content));
const found = (content: string, path = PATH) => parse(content, path).outputs.map((output) => output.package);

// As `gem install` writes it.
const NOKOGIRI = `# -*- encoding: utf-8 -*-
# stub: nokogiri 1.16.0 x86_64-linux lib
# stub: ext/nokogiri/extconf.rb

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.16.0".freeze
  s.platform = "x86_64-linux".freeze

  s.require_paths = ["lib".freeze]
  s.authors = ["Mike".freeze]
  s.licenses = ["MIT".freeze, "Apache-2.0".freeze]
  s.summary = "s.name = \\"other\\"".freeze
end
`;

describe('packages/catalogers/gem', () => {
  it.each([
    PATH,
    'usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec',
    'usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec',
    'specifications/a-1.gemspec',
    GIT,
    'srv/vendor/bundle/ruby/3.1.0/bundler/gems/rails-0123abc/activesupport/activesupport.gemspec',
  ])('wants %s', (path) => {
    expect(gem.matches(path)).toBe(true);
  });

  it.each([
    ["a gem's own source", 'usr/local/bundle/gems/rake-13.0.6/rake.gemspec'],
    ['a project', 'app/app.gemspec'],
    ['another default folder', 'etc/default/a.gemspec'],
    ['another file', 'usr/lib/ruby/gems/3.1.0/specifications/a.rb'],
    ['deeper folders', 'usr/lib/ruby/gems/3.1.0/specifications/a/b/c.gemspec'],
  ])('leaves out %s: %s', (_, path) => {
    expect(gem.matches(path)).toBe(false);
  });

  it('reads the stub comment, with platform and licences', () => {
    expect(parse(NOKOGIRI)).toEqual({
      outputs: [
        {
          kind: 'package',
          package: {
            type: 'gem',
            name: 'nokogiri',
            version: '1.16.0',
            arch: 'x86_64-linux',
            licenses: ['MIT', 'Apache-2.0'],
          },
        },
      ],
      problems: [],
    });
  });

  it.each([
    ['# stub: rake 13.0.6 ruby lib', { type: 'gem', name: 'rake', version: '13.0.6' }],
    [
      '# stub: jruby-openssl 0.14.2 java lib',
      { type: 'gem', name: 'jruby-openssl', version: '0.14.2', arch: 'java' },
    ],
    ['# stub: a_b.c 1.0.0.rc1 ruby lib\u0000ext', { type: 'gem', name: 'a_b.c', version: '1.0.0.rc1' }],
    ['# stub: x 0 ruby', { type: 'gem', name: 'x', version: '0' }],
    ['# stub: x 1.0 ruby lib\r', { type: 'gem', name: 'x', version: '1.0' }],
  ])('reads %j', (stub, expected) => {
    expect(found(`# -*- encoding: utf-8 -*-\n${stub}\n`)).toEqual([expected]);
  });

  // Spellings of RubyGems before 2.2 and of packagers.
  it.each([
    ['%q{}', 's.name = %q{json}', 's.version = "1.8.3"'],
    ['%q<>', 's.name = %q<json>', 's.version = %q<1.8.3>'],
    ['double quotes', 's.name = "json"', 's.version = "1.8.3"'],
    ['single quotes', "s.name = 'json'", "s.version = '1.8.3'"],
    ['freeze', 's.name = "json".freeze', 's.version = "1.8.3".freeze'],
    ['Gem::Version', 's.name = "json"', 's.version = Gem::Version.new("1.8.3")'],
    ['another variable', 'spec.name = "json"', 'spec.version = "1.8.3"'],
  ])('reads plain assignments with %s', (_, name, version) => {
    const text = `Gem::Specification.new do |s|\n  ${name}\n  ${version}\nend\n`;

    expect(found(text)).toEqual([{ type: 'gem', name: 'json', version: '1.8.3' }]);
  });

  it.each([
    ['s.license = "MIT"', ['MIT']],
    ["s.licenses = ['Ruby', 'BSD-2-Clause', 'Ruby']", ['Ruby', 'BSD-2-Clause']],
    ['s.licenses = [nil, "MIT".freeze]', ['MIT']],
    ['s.licenses = []', undefined],
    [`s.licenses = [${'"x", '.repeat(5000)}]`, undefined],
  ])('reads licences from %j', (line, licenses) => {
    expect(found(`# stub: x 1.0 ruby lib\n  ${line}\n`)[0]?.licenses).toEqual(licenses);
  });

  it('reads a platform that only the assignment states', () => {
    expect(found('  s.name = "x"\n  s.version = "1"\n  s.platform = Gem::Platform.new("java")\n')).toEqual([
      { type: 'gem', name: 'x', version: '1', arch: 'java' },
    ]);
  });

  it('lists a gem that Bundler took from git when RubyGems wrote its gemspec', () => {
    expect(found('# -*- encoding: utf-8 -*-\n# stub: x 0.1 ruby lib\n', GIT)).toMatchObject([{ name: 'x' }]);
  });

  it('takes no hand-written gemspec of a git checkout for a package', () => {
    const text = 'Gem::Specification.new do |s|\n  s.name = "x"\n  s.version = "1.0"\nend\n';

    expect(parse(text, GIT)).toEqual({ outputs: [], problems: [] });
  });

  it.each([
    ['an empty file', ''],
    ['a computed version', 's.name = "x"\ns.version = X::VERSION\n'],
    ['an interpolated name', 's.name = "#{a}"\ns.version = "1"\n'],
    ['a stub with too few words', '# stub: x 1.0\n'],
    ['a stub that climbs', '# stub: ../x 1.0 ruby lib\n'],
    ['a comment', '# s.name = "x"\n# s.version = "1"\n'],
    ['a truncated file', '# -*- encoding: utf-8 -*-\n# stub: nokog'],
    ['binary', '\u0000\u0001\ufffd'.repeat(1000)],
    ['one endless line', 's'.repeat(3_000_000)],
    ['an endless string', `  s.name = "${'x'.repeat(1_000_000)}`],
    ['assignments far below', `${'\n'.repeat(500)}  s.name = "x"\n  s.version = "1"\n`],
  ])('reports %s', (_, content) => {
    expect(parse(content)).toMatchObject({ outputs: [], problems: [{ code: 'malformed', path: PATH }] });
  });
});
