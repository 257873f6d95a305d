import { describe, expect, it } from '@jest/globals';
import { mayHoldPackages } from '../../../lambda/packages/evidence.ts';

describe('packages/evidence', () => {
  it.each([
    'usr/lib/python3/dist-packages/requests-2.28.1.dist-info/METADATA',
    'usr/lib/python3.9/site-packages/six-1.15.0-py3.9.egg-info/PKG-INFO',
    'usr/lib/python3/dist-packages/PyYAML-6.0.egg-info',
    'usr/share/python-wheels/pip-23.0-py3-none-any.whl',
    'usr/lib/node_modules/npm/package.json',
    'usr/share/nodejs/semver/package.json',
    'usr/share/java/commons-io-2.11.0.jar',
    'usr/share/tomcat/webapps/ROOT.war',
    'usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec',
    'usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec',
    'usr/lib/dotnet/shared/Microsoft.NETCore.App/8.0.0/Microsoft.NETCore.App.deps.json',
    'usr/lib/dotnet/shared/Microsoft.NETCore.App/8.0.0/System.Text.Json.dll',
    'usr/share/php/vendor/composer/installed.json',
    'usr/bin/containerd',
    'bin/busybox',
    'usr/sbin/nginx',
    'usr/libexec/docker/cli-plugins/docker-compose',
    'usr/lib/go-1.21/bin/go',
    'usr/lib/postgresql/15/bin/postgres',
    'usr/lib/x86_64-linux-gnu/libssl.so.3',
    'lib/libcrypto.so.3',
    'opt/app/server',
    'opt/libreoffice/program/soffice.bin',
    'usr/local/go/pkg/tool/linux_amd64/compile',
    'usr/bin/python3.11',
  ])('keeps %s', (path) => {
    expect(mayHoldPackages(path)).toBe(true);
  });

  it.each([
    'etc/passwd',
    'usr/share/doc/bash/README',
    'usr/share/man/man1/bash.1.gz',
    'usr/share/zoneinfo/UTC',
    'usr/lib/python3/dist-packages/requests/__init__.py',
    'usr/lib/python3.9/__pycache__/abc.cpython-39.pyc',
    'usr/lib/.build-id/ab/cdef0123',
    'lib/modules/6.1.0/kernel/fs/ext4/ext4.ko',
    'lib/firmware/intel/ibt.sfi',
    'usr/lib/systemd/system/ssh.service',
    'usr/lib/locale/C.utf8/LC_CTYPE',
    'usr/bin/helper.py',
    'usr/lib/node_modules/npm/index.js',
    'opt/app/readme.txt',
    'usr/share/app/settings.json',
    'var/lib/binaries/data',
    '',
  ])('drops %p', (path) => {
    expect(mayHoldPackages(path)).toBe(false);
  });
});
