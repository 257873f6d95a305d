import { describe, expect, it } from '@jest/globals';
import { madeBy } from '../../../../lambda/vulnerabilities/distributions/index.ts';
import { distro, installed } from '../../../doubles/installed.ts';

describe('vulnerabilities/distributions/vendors', () => {
  it.each([
    ['rhel', 'Red Hat, Inc.', 'own'],
    ['rhel', 'Fedora Project', 'other'],
    ['rhel', 'NVIDIA CORPORATION', 'other'],
    ['rhel', "Remi's RPM repository <https://rpms.remirepo.net/>", 'other'],
    ['centos', 'CentOS', 'own'],
    ['almalinux', 'AlmaLinux', 'own'],
    ['rocky', 'Rocky Enterprise Software Foundation', 'own'],
    ['rocky', 'Fedora Project', 'other'],
    ['amzn', 'Amazon Linux', 'own'],
    ['amzn', 'Amazon.com', 'own'],
    ['mariner', 'Microsoft Corporation', 'own'],
    ['almalinux', 'Microsoft Corporation', 'other'],
    ['photon', 'VMware, Inc.', 'own'],
    ['sles', 'SUSE LLC <https://www.suse.com/>', 'own'],
    ['opensuse-leap', 'openSUSE', 'own'],
    ['opensuse-leap', 'SUSE LLC <https://www.suse.com/>', 'own'],
    ['sles', 'openSUSE', 'other'],
    ['rhel', '', 'unknown'],
    ['rhel', '(none)', 'unknown'],
    ['constructor', 'Object', 'unknown'],
  ])('says of an rpm on %s by %j: %s', (id, vendor, maker) => {
    expect(madeBy(installed('rpm', 'x', '1-1', { vendor }), distro(id, '9'))).toBe(maker);
  });

  it.each([
    ['Debian Python Team <team+python@tracker.debian.org>', '1-1', 'own'],
    ['Matthias Klose <doko@debian.org>', '1-1', 'own'],
    ['Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>', '1-1', 'own'],
    ['Somebody <somebody@example.com>', '1-1', 'unknown'],
    ['Somebody <somebody@notdebian.org>', '1-1', 'unknown'],
    ['Somebody <debian.org@example.com>', '1-1', 'unknown'],
    ['no address', '1-1', 'unknown'],
    ['Ivan Iguaran <ivan@nodesource.com>', '20.11.0-1nodesource1', 'other'],
    ['Somebody <somebody@debian.org>', '20.11.0-1nodesource1', 'other'],
    ['Docker <support@docker.com>', '5:24.0.7-1~debian.12~bookworm', 'other'],
    ['NGINX Packaging <nginx-packaging@f5.com>', '1.25.3-1~bookworm', 'other'],
  ])('says of a .deb by %j in version %s: %s', (vendor, version, maker) => {
    expect(madeBy(installed('deb', 'x', version, { vendor }), distro('debian', '12'))).toBe(maker);
  });

  it('takes Alpine packages, which name no vendor, for its own', () => {
    expect(madeBy(installed('apk', 'x', '1-r0'), distro('alpine', '3.19'))).toBe('own');
  });

  it('does not know who built an rpm without a vendor', () => {
    expect(madeBy(installed('rpm', 'x', '1-1'), distro('rhel', '9'))).toBe('unknown');
  });
});
