import { ACCOUNT_ID } from './config.ts';
import { checked, count, flag, list, ownContext, strict, text } from './options.ts';

/** How the hub is set up. Nothing has to be given. */
export interface HubOptions {
  /**
   * The only accounts, of 12 digits, whose roles the hub may assume, and which may forward their pushes.
   * @default roles of any account that trusts the hub; nobody forwards pushes
   */
  readonly customerAccounts?: readonly string[];
  /**
   * The same for all accounts of an organisation: `o-a1b2c3d4e5`.
   * @default no organisation
   */
  readonly organizationId?: string;
  /**
   * When all connected registries are looked through: `rate(1 day)`, `cron(0 3 * * ? *)` in UTC.
   * @default DEFAULT_RECONCILE_SCHEDULE
   */
  readonly reconcileSchedule?: string;
  /**
   * When advisories are fetched.
   * @default DEFAULT_ADVISORY_SCHEDULE
   */
  readonly advisorySchedule?: string;
  /**
   * Images scanned at a time, 2 to 1000.
   * @default DEFAULT_MAXIMUM_CONCURRENCY
   */
  readonly maximumConcurrency?: number;
  /**
   * Whether bucket, table, key and logs outlive the stack.
   * @default true
   */
  readonly retainData?: boolean;
  /**
   * Who is written to by alarms; has to confirm the first message.
   * @default nobody
   */
  readonly alarmEmail?: string;
  /**
   * ARN of a topic of yours that alarms are sent to.
   * @default none
   */
  readonly alarmTopic?: string;
  /**
   * Base address of a mirror of OSV's advisories.
   * @default the public one
   */
  readonly osvMirror?: string;
  /**
   * Base address of a mirror of Amazon Linux's repositories.
   * @default the public one
   */
  readonly amazonMirror?: string;
  /**
   * Address of the EPSS scores.
   * @default the public one
   */
  readonly epssUrl?: string;
  /**
   * Address of the catalogue of exploited vulnerabilities.
   * @default the public one
   */
  readonly kevUrl?: string;
  /**
   * Address of ECR's API: an endpoint of FIPS or of your own, which all regions are then read by.
   * @default that of each region
   */
  readonly ecrEndpoint?: string;
  /**
   * Address of STS, in the same way.
   * @default that of the hub's region
   */
  readonly stsEndpoint?: string;
  /**
   * Whether the functions may prove to Entra who they are, to read Azure registries. Enables outbound web identity for the
   * whole account, and does not disable it again.
   * @default false
   */
  readonly azure?: boolean;
}

export const DEFAULT_RECONCILE_SCHEDULE = 'rate(1 day)';
export const DEFAULT_ADVISORY_SCHEDULE = 'rate(6 hours)';
/** Ten images at a time, three layers each: far below ECR's limits, and a first scan of 10,000 images takes some hours. */
export const DEFAULT_MAXIMUM_CONCURRENCY = 10;

// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
const ORGANIZATION_ID = /^o-[a-z0-9]{10,32}$/;
const TOPIC_ARN = /^arn:aws(?:-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html: "1 day", but "2 days".
const SCHEDULE =
  /^(?:rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d{0,4} (?:minutes|hours|days))\)|cron\([^()]{11,100}\))$/;

const schema = strict({
  customerAccounts: list(
    text((value) => ACCOUNT_ID.test(value), 'must hold AWS accounts of 12 digits'),
    'must not be empty: leave it out to allow any',
  ),
  organizationId: text((value) => ORGANIZATION_ID.test(value), 'must be an organisation like o-a1b2c3d4e5'),
  reconcileSchedule: schedule('rate(1 day)'),
  advisorySchedule: schedule('rate(6 hours)'),
  maximumConcurrency: count(2, 1000),
  retainData: flag(),
  alarmEmail: text((value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value), 'must be an e-mail address'),
  alarmTopic: text(
    (value) => TOPIC_ARN.test(value),
    'must be the ARN of a topic, like arn:aws:sns:eu-central-1:111122223333:alarms',
  ),
  osvMirror: address(),
  amazonMirror: address(),
  epssUrl: address(),
  kevUrl: address(),
  ecrEndpoint: address(),
  stsEndpoint: address(),
  azure: flag(),
});

/** The options, checked. Throws `ConfigError` when one has a value that AWS would refuse, or that would not do what it says. */
export function checkedHubOptions(options: HubOptions): HubOptions {
  return checked(schema, options) as HubOptions;
}

/** The same of `--context name=value` or the context of cdk.json. A name that is no option is an error. */
export function hubOptionsFromContext(context: Readonly<Record<string, unknown>>): HubOptions {
  return checked(schema, ownContext(context)) as HubOptions;
}

function schedule(example: string) {
  return text((value) => SCHEDULE.test(value), `must be rate(…) or cron(…), like ${example}`);
}

function address() {
  return text(isAddress, 'must be an https address without user name and query');
}

/** Plain HTTP serves stand-ins on this machine. */
function isAddress(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '') return false;
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere);
}
