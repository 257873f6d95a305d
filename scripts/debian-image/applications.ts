import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installCargoAuditable, run } from './tools.ts';

/** One application as a folder that becomes a layer, and what its own tools say is in it: sorted `name version` lines. */
export type Application = {
  readonly type: 'npm' | 'pypi' | 'maven' | 'golang' | 'cargo';
  /** Folder whose content is laid over the root of the image. */
  readonly root: string;
  readonly expected: readonly string[];
};

/** A node_modules tree with nested versions and scoped packages, judged by `npm ls --all`. */
export function npmApplication(work: string): Application {
  const root = fresh(work, 'npm');
  const app = join(root, 'srv/web');
  mkdirSync(app, { recursive: true });
  const dependencies = {
    express: '4.17.1',
    lodash: '4.17.20',
    '@babel/code-frame': '7.10.4',
    minimist: '0.0.8',
    mkdirp: '0.5.5',
  };
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({ name: 'web', version: '1.0.0', private: true, dependencies }),
  );
  run(['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: app });
  const listing = JSON.parse(run(['npm', 'ls', '--all', '--json'], { cwd: app })) as NpmTree;
  return { type: 'npm', root, expected: sorted(npmNames(listing)) };
}

type NpmTree = { readonly dependencies?: Readonly<Record<string, NpmTree & { readonly version?: string }>> };

function npmNames({ dependencies = {} }: NpmTree): string[] {
  return Object.entries(dependencies).flatMap(([name, tree]) => [
    `${name} ${tree.version}`,
    ...npmNames(tree),
  ]);
}

/** Wheels installed below /usr/local, judged by `pip list`. */
export function pythonApplication(work: string): Application {
  const root = fresh(work, 'python');
  const site = join(root, 'usr/local/lib/python3.11/site-packages');
  const requirements = [
    'Flask==2.0.1',
    'Jinja2==3.0.1',
    'requests==2.25.1',
    'zope.interface==5.4.0',
    'Pillow==9.5.0',
  ];
  run(['python3', '-m', 'pip', 'install', '--quiet', '--no-compile', '--target', site, ...requirements]);
  const listing = JSON.parse(run(['python3', '-m', 'pip', 'list', '--format', 'json', '--path', site])) as {
    name: string;
    version: string;
  }[];
  const names = listing.map(
    ({ name, version }) => `${name.toLowerCase().replaceAll(/[-_.]+/g, '-')} ${version}`,
  );
  return { type: 'pypi', root, expected: sorted(names) };
}

/** An executable jar with its own pom.properties and two jars from Maven Central nested in it, judged by all pom.properties. */
export function javaApplication(work: string): Application {
  const root = fresh(work, 'java');
  const staging = fresh(work, 'java-staging');
  const lib = join(staging, 'BOOT-INF/lib');
  mkdirSync(lib, { recursive: true });
  for (const artifact of ['org.apache.logging.log4j:log4j-core:2.14.1', 'commons-io:commons-io:2.6']) {
    run([
      'mvn',
      '-q',
      '-B',
      'dependency:copy',
      `-Dartifact=${artifact}`,
      `-DoutputDirectory=${lib}`,
      '-Dmdep.useBaseVersion=true',
    ]);
  }
  const meta = join(staging, 'META-INF/maven/com.example/shop');
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, 'pom.properties'), 'groupId=com.example\nartifactId=shop\nversion=1.4.2\n');
  mkdirSync(join(root, 'opt/shop'), { recursive: true });
  const jar = join(root, 'opt/shop/shop-1.4.2.jar');
  run(['jar', '--create', '--no-compress', '--file', jar, '-C', staging, '.']);
  return { type: 'maven', root, expected: sorted(run(['python3', '-c', READ_POMS, jar]).trim().split('\n')) };
}

/** Every pom.properties of a jar and of the jars inside it, read by Python's zipfile. */
const READ_POMS = `
import io, sys, zipfile
def walk(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    for name in archive.namelist():
        if name.endswith('/pom.properties'):
            pairs = dict(line.split('=', 1) for line in archive.read(name).decode().splitlines() if '=' in line)
            print(pairs['groupId'].strip() + ':' + pairs['artifactId'].strip(), pairs['version'].strip())
        if name.endswith('.jar'):
            walk(archive.read(name))
walk(open(sys.argv[1], 'rb').read())
`;

/** A static Go program with a replaced module, judged by `go version -m`. */
export function goApplication(work: string): Application {
  const root = fresh(work, 'go');
  const source = fresh(work, 'go-source');
  writeFileSync(join(source, 'go.mod'), GO_MOD);
  writeFileSync(join(source, 'main.go'), GO_MAIN);
  const binary = join(root, 'usr/local/bin/front');
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  run(['go', 'build', '-trimpath', '-o', binary, '.'], { cwd: source, env });
  const expected: string[] = [];
  for (const line of run(['go', 'version', '-m', binary]).split('\n')) {
    const [kind, path, version] = line.trim().split(/\s+/);
    // A module built where it lies has no version that means anything.
    if (kind === 'mod') expected.push(`${path} ${version === '(devel)' ? '' : version}`);
    if (kind === 'dep') expected.push(`${path} ${version}`);
    // The line after a dependency that is replaced says by what.
    if (kind === '=>') expected.splice(-1, 1, `${path} ${version}`);
    if (line.includes(': go')) expected.push(`stdlib ${line.split(': go')[1]?.trim()}`);
  }
  return { type: 'golang', root, expected: sorted(expected) };
}

const GO_MOD = `module example.com/front

go 1.22

require (
\tgithub.com/google/uuid v1.3.0
\tgolang.org/x/text v0.3.5
)

replace github.com/google/uuid => github.com/google/uuid v1.2.0
`;
const GO_MAIN = `package main

import (
\t"fmt"

\t"github.com/google/uuid"
\t"golang.org/x/text/language"
)

func main() { fmt.Println(uuid.New(), language.Make("de")) }
`;

/** A Rust program that carries its dependency list, judged by `cargo tree`. */
export function rustApplication(work: string): Application {
  const root = fresh(work, 'rust');
  const source = fresh(work, 'rust-source');
  const bin = installCargoAuditable(join(work, 'tools'));
  mkdirSync(join(source, 'src'));
  writeFileSync(join(source, 'Cargo.toml'), CARGO_TOML);
  writeFileSync(join(source, 'src/main.rs'), RUST_MAIN);
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  run(['cargo', 'auditable', 'build', '--quiet', '--release'], { cwd: source, env });
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  cpSync(join(source, 'target/release/ledger'), join(root, 'usr/local/bin/ledger'));
  chmodSync(join(root, 'usr/local/bin/ledger'), 0o755);
  const tree = run(['cargo', 'tree', '--edges', 'normal', '--prefix', 'none', '--format', '{p}'], {
    cwd: source,
  });
  const names = tree
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(0, 2).join(' ').replace(' v', ' '));
  return { type: 'cargo', root, expected: sorted(names) };
}

const CARGO_TOML = `[package]
name = "ledger"
version = "0.3.0"
edition = "2021"

[dependencies]
smallvec = "=1.6.0"
itoa = "1"
memchr = "2"
`;
const RUST_MAIN = `fn main() {
    let mut seen: smallvec::SmallVec<[u8; 4]> = smallvec::SmallVec::new();
    seen.push(memchr::memchr(b'a', b"data").unwrap_or(0) as u8);
    println!("{}", itoa::Buffer::new().format(seen.len()));
}
`;

function fresh(work: string, name: string): string {
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function sorted(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort();
}
