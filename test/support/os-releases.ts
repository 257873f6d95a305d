/** Files of an image by path; the layer, when not 0, stands before the path: `2:etc/os-release`. Lists are lines. */
export type ReleaseFiles = Readonly<Record<string, string | readonly string[]>>;

/** What images say (facts of https://github.com/which-distro/os-release and of the images), and the `Distro` it makes. */
export const OS_RELEASES: readonly (readonly [title: string, files: ReleaseFiles, expected: object])[] = [
  [
    'Alpine',
    {
      'etc/alpine-release': '3.19.1',
      'etc/os-release': [
        'NAME="Alpine Linux"',
        'ID=alpine',
        'VERSION_ID=3.19.1',
        'PRETTY_NAME="Alpine Linux v3.19"',
      ],
      'etc/apk/repositories': [
        'https://dl-cdn.alpinelinux.org/alpine/v3.19/main',
        'https://dl-cdn.alpinelinux.org/alpine/v3.19/community',
      ],
    },
    { id: 'alpine', version: '3.19.1', prettyName: 'Alpine Linux v3.19', repositories: ['v3.19'] },
  ],
  [
    'Alpine edge',
    {
      'etc/alpine-release': '3.21.0_alpha20240807',
      'etc/os-release': [
        'NAME="Alpine Linux"',
        'ID=alpine',
        'VERSION_ID=3.21.0_alpha20240807',
        'PRETTY_NAME="Alpine Linux edge"',
      ],
      'etc/apk/repositories': ['https://dl-cdn.alpinelinux.org/alpine/edge/main'],
    },
    { id: 'alpine', version: 'edge', prettyName: 'Alpine Linux edge', repositories: ['edge'] },
  ],
  [
    'Wolfi',
    { 'etc/os-release': ['ID=wolfi', 'NAME="Wolfi"', 'PRETTY_NAME="Wolfi"', 'VERSION_ID="20230201"'] },
    { id: 'wolfi', version: '', prettyName: 'Wolfi' },
  ],
  [
    'Chainguard',
    {
      'etc/os-release': [
        'ID=chainguard',
        'NAME="Chainguard"',
        'PRETTY_NAME="Chainguard"',
        'VERSION_ID="20230214"',
      ],
    },
    { id: 'chainguard', version: '' },
  ],
  [
    'Debian 12',
    {
      'usr/lib/os-release': [
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
        'NAME="Debian GNU/Linux"',
        'VERSION_ID="12"',
        'VERSION="12 (bookworm)"',
        'VERSION_CODENAME=bookworm',
        'ID=debian',
      ],
      'etc/debian_version': '12.5',
    },
    {
      id: 'debian',
      version: '12',
      codename: 'bookworm',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
      idLike: [],
    },
  ],
  [
    'Debian testing and unstable',
    {
      'etc/os-release': [
        'PRETTY_NAME="Debian GNU/Linux trixie/sid"',
        'NAME="Debian GNU/Linux"',
        'VERSION_CODENAME=trixie',
        'ID=debian',
      ],
      'etc/debian_version': 'trixie/sid',
    },
    { id: 'debian', version: '', codename: 'trixie', prettyName: 'Debian GNU/Linux trixie/sid' },
  ],
  [
    'Debian 9, which states no codename',
    {
      'etc/os-release': [
        'PRETTY_NAME="Debian GNU/Linux 9 (stretch)"',
        'NAME="Debian GNU/Linux"',
        'VERSION_ID="9"',
        'VERSION="9 (stretch)"',
        'ID=debian',
      ],
    },
    { id: 'debian', version: '9', codename: 'stretch' },
  ],
  [
    'distroless',
    {
      'usr/lib/os-release': [
        'PRETTY_NAME="Distroless"',
        'NAME="Debian GNU/Linux"',
        'ID="debian"',
        'VERSION_ID="12"',
        'VERSION="Debian GNU/Linux 12 (bookworm)"',
      ],
    },
    { id: 'debian', version: '12', codename: 'bookworm', prettyName: 'Distroless' },
  ],
  [
    'Ubuntu',
    {
      'usr/lib/os-release': [
        'PRETTY_NAME="Ubuntu 22.04.3 LTS"',
        'NAME="Ubuntu"',
        'VERSION_ID="22.04"',
        'VERSION="22.04.3 LTS (Jammy Jellyfish)"',
        'VERSION_CODENAME=jammy',
        'ID=ubuntu',
        'ID_LIKE=debian',
        'UBUNTU_CODENAME=jammy',
      ],
      'etc/debian_version': 'bookworm/sid',
      'etc/lsb-release': [
        'DISTRIB_ID=Ubuntu',
        'DISTRIB_RELEASE=22.04',
        'DISTRIB_CODENAME=jammy',
        'DISTRIB_DESCRIPTION="Ubuntu 22.04.3 LTS"',
      ],
    },
    { id: 'ubuntu', version: '22.04', codename: 'jammy', idLike: ['debian'] },
  ],
  [
    'Red Hat UBI',
    {
      'etc/os-release': [
        'NAME="Red Hat Enterprise Linux"',
        'VERSION="9.3 (Plow)"',
        'ID="rhel"',
        'ID_LIKE="fedora"',
        'VERSION_ID="9.3"',
        'PLATFORM_ID="platform:el9"',
        'PRETTY_NAME="Red Hat Enterprise Linux 9.3 (Plow)"',
        'CPE_NAME="cpe:/o:redhat:enterprise_linux:9::baseos"',
      ],
      'root/buildinfo/content_manifests/ubi9-container-9.3-1476.json':
        '{"content_sets": ["rhel-9-for-x86_64-baseos-rpms", "rhel-9-for-x86_64-appstream-rpms"]}',
      '2:root/buildinfo/content_manifests/nodejs-18.json':
        '{"content_sets": ["rhel-9-for-x86_64-appstream-rpms", "rhocp-4.14-for-rhel-9-x86_64-rpms"]}',
    },
    {
      id: 'rhel',
      version: '9.3',
      cpe: 'cpe:/o:redhat:enterprise_linux:9::baseos',
      idLike: ['fedora'],
      repositories: [
        'rhel-9-for-x86_64-baseos-rpms',
        'rhel-9-for-x86_64-appstream-rpms',
        'rhocp-4.14-for-rhel-9-x86_64-rpms',
      ],
    },
  ],
  [
    'CentOS Linux',
    {
      'etc/os-release': [
        'NAME="CentOS Linux"',
        'VERSION="7 (Core)"',
        'ID="centos"',
        'ID_LIKE="rhel fedora"',
        'VERSION_ID="7"',
      ],
      'etc/centos-release': 'CentOS Linux release 7.9.2009 (Core)',
    },
    { id: 'centos', version: '7', prettyName: 'CentOS Linux 7 (Core)', idLike: ['rhel', 'fedora'] },
  ],
  [
    'CentOS Stream',
    {
      'etc/os-release': [
        'NAME="CentOS Stream"',
        'VERSION="9"',
        'ID="centos"',
        'ID_LIKE="rhel fedora"',
        'VERSION_ID="9"',
        'PRETTY_NAME="CentOS Stream 9"',
        'CPE_NAME="cpe:/o:centos:centos:9"',
      ],
      'etc/redhat-release': 'CentOS Stream release 9',
    },
    { id: 'centos-stream', version: '9' },
  ],
  [
    'AlmaLinux',
    {
      'etc/os-release': [
        'NAME="AlmaLinux"',
        'ID="almalinux"',
        'ID_LIKE="rhel centos fedora"',
        'VERSION_ID="9.2"',
      ],
    },
    { id: 'almalinux', version: '9.2' },
  ],
  [
    'Rocky Linux',
    {
      'etc/os-release': [
        'NAME="Rocky Linux"',
        'ID="rocky"',
        'ID_LIKE="rhel centos fedora"',
        'VERSION_ID="9.3"',
      ],
    },
    { id: 'rocky', version: '9.3' },
  ],
  [
    'Oracle Linux',
    {
      'etc/os-release': [
        'NAME="Oracle Linux Server"',
        'VERSION="9.4"',
        'ID="ol"',
        'ID_LIKE="fedora"',
        'VERSION_ID="9.4"',
        'PRETTY_NAME="Oracle Linux Server 9.4"',
        'CPE_NAME="cpe:/o:oracle:linux:9:4:server"',
      ],
      'etc/redhat-release': 'Red Hat Enterprise Linux release 9.4 (Plow)',
    },
    { id: 'ol', version: '9.4' },
  ],
  [
    'Amazon Linux 1',
    {
      'etc/os-release': [
        'NAME="Amazon Linux AMI"',
        'VERSION="2018.03"',
        'ID="amzn"',
        'ID_LIKE="rhel fedora"',
        'VERSION_ID="2018.03"',
        'PRETTY_NAME="Amazon Linux AMI 2018.03"',
        'CPE_NAME="cpe:/o:amazon:linux:2018.03:ga"',
      ],
    },
    { id: 'amzn', version: '2018.03' },
  ],
  [
    'Amazon Linux 2',
    {
      'etc/os-release': [
        'NAME="Amazon Linux"',
        'VERSION="2"',
        'ID="amzn"',
        'ID_LIKE="centos rhel fedora"',
        'VERSION_ID="2"',
      ],
      'etc/system-release': 'Amazon Linux release 2 (Karoo)',
    },
    { id: 'amzn', version: '2' },
  ],
  [
    'Amazon Linux 2023',
    {
      'usr/lib/os-release': [
        'NAME="Amazon Linux"',
        'VERSION="2023"',
        'ID="amzn"',
        'ID_LIKE="fedora"',
        'VERSION_ID="2023"',
      ],
      'usr/lib/system-release': 'Amazon Linux release 2023.3.20240108 (Amazon Linux)',
    },
    { id: 'amzn', version: '2023' },
  ],
  [
    'Fedora',
    {
      'usr/lib/os-release': [
        'NAME="Fedora Linux"',
        'VERSION="39 (Container Image)"',
        'ID=fedora',
        'VERSION_ID=39',
        'VERSION_CODENAME=""',
        'PRETTY_NAME="Fedora Linux 39 (Container Image)"',
        'CPE_NAME="cpe:/o:fedoraproject:fedora:39"',
      ],
    },
    { id: 'fedora', version: '39' },
  ],
  [
    'SUSE BCI',
    {
      'etc/os-release': [
        'NAME="SLES"',
        'VERSION="15-SP5"',
        'VERSION_ID="15.5"',
        'PRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"',
        'ID="sles"',
        'ID_LIKE="suse"',
        'CPE_NAME="cpe:/o:suse:sles:15:sp5"',
      ],
    },
    { id: 'sles', version: '15.5', prettyName: 'SUSE Linux Enterprise Server 15 SP5' },
  ],
  [
    'openSUSE Leap',
    {
      'etc/os-release': [
        'NAME="openSUSE Leap"',
        'VERSION="15.5"',
        'ID="opensuse-leap"',
        'ID_LIKE="suse opensuse"',
        'VERSION_ID="15.5"',
      ],
    },
    { id: 'opensuse-leap', version: '15.5' },
  ],
  [
    'openSUSE Tumbleweed',
    {
      'etc/os-release': [
        'NAME="openSUSE Tumbleweed"',
        '# VERSION="20240123"',
        'ID="opensuse-tumbleweed"',
        'ID_LIKE="opensuse suse"',
        'VERSION_ID="20240123"',
        'PRETTY_NAME="openSUSE Tumbleweed"',
      ],
    },
    { id: 'opensuse-tumbleweed', version: '' },
  ],
  [
    'Photon OS',
    { 'etc/os-release': ['NAME="VMware Photon OS"', 'VERSION="5.0"', 'ID=photon', 'VERSION_ID=5.0'] },
    { id: 'photon', version: '5.0', prettyName: 'VMware Photon OS 5.0' },
  ],
  [
    'CBL-Mariner',
    {
      'etc/os-release': [
        'NAME="Common Base Linux Mariner"',
        'VERSION="2.0.20240425"',
        'ID=mariner',
        'VERSION_ID="2.0"',
        'PRETTY_NAME="CBL-Mariner/Linux"',
      ],
    },
    { id: 'mariner', version: '2.0', prettyName: 'CBL-Mariner/Linux' },
  ],
  [
    'Azure Linux',
    {
      'etc/os-release': [
        'NAME="Microsoft Azure Linux"',
        'VERSION="3.0.20240727"',
        'ID=azurelinux',
        'VERSION_ID="3.0"',
      ],
    },
    { id: 'azurelinux', version: '3.0' },
  ],
];
