import {
  type CommandName,
  checkedSubscription,
  emptyRequest,
  type Request,
  refuseAks,
  words,
} from './arguments.ts';
import { Refusal } from './refusal.ts';
import { isBulk } from './rules.ts';

/** Somebody who can be asked. */
export interface Dialog {
  say(line: string): void;
  /** The line that is answered; undefined when there will be no more. */
  ask(question: string): Promise<string | undefined>;
}

const MENUS: Readonly<Record<CommandName, readonly string[]>> = {
  install: [
    '=== Backline AI Azure Integration Setup ===',
    '',
    'Select mode:',
    '  1) Single ACR or multiple ACRs in one resource group',
    '  2) All ACRs in a resource group',
    '  3) All ACRs in subscription',
    '  4) Azure Cloud - Reader role on subscriptions',
  ],
  cleanup: [
    '=== Backline AI Azure Integration Cleanup ===',
    '',
    'Select mode:',
    '  1) Remove specific ACR(s) from integration',
    '  2) Remove all ACRs in a resource group from integration',
    '  3) Remove service principal completely (removes all access)',
    '  4) Remove Reader role from Azure Cloud subscriptions',
  ],
};

interface Questions {
  readonly several: (count: number, group: string) => string;
  readonly group: (name: string) => string;
  readonly everything: string;
}

const CONFIRM: Readonly<Record<CommandName, Questions>> = {
  install: {
    several: (count, group) => `This will add ${count} ACRs in '${group}'. Continue? (y/n): `,
    group: (name) => `This will add all ACRs in '${name}'. Continue? (y/n): `,
    everything: 'This will add ALL ACRs in the subscription. Continue? (y/n): ',
  },
  cleanup: {
    several: (count, group) =>
      `This will remove ${count} ACRs in '${group}' from integration. Continue? (y/n): `,
    group: (name) => `This will remove all ACRs in '${name}' from integration. Continue? (y/n): `,
    everything: 'This will DELETE the service principal and ALL access. Continue? (y/n): ',
  },
};

/** Asks for what a command line would say. Throws `Refusal` for answers that make no sense. `appId` is the app that sentences name. */
export async function askFor(
  command: CommandName,
  dialog: Dialog,
  appId: string,
): Promise<Request | 'cancelled'> {
  for (const line of ['', ...MENUS[command], '']) dialog.say(line);
  const request = emptyRequest(command);
  switch ((await answerTo(dialog, 'Choice [1-4]: ')).trim()) {
    case '1': {
      const names = words(await answerTo(dialog, 'Enter ACR name(s) (space-delimited): '));
      const resourceGroup = await groupFrom(dialog);
      const wanted = names.map((name) => ({ name, resourceGroup }));
      if (!isBulk(wanted)) return { ...request, wanted };
      const question = CONFIRM[command].several(wanted.length, resourceGroup);
      return (await isConfirmed(dialog, question)) ? { ...request, wanted, yes: true } : 'cancelled';
    }
    case '2': {
      const resourceGroup = await groupFrom(dialog);
      if (!(await isConfirmed(dialog, CONFIRM[command].group(resourceGroup)))) return 'cancelled';
      return { ...request, wanted: [{ resourceGroup }], yes: true };
    }
    case '3': {
      if (!(await isConfirmed(dialog, CONFIRM[command].everything))) return 'cancelled';
      const everything = command === 'install' ? { wholeSubscription: true } : { all: true };
      return { ...request, ...everything, yes: true };
    }
    case '4': {
      const ids = words(await answerTo(dialog, 'Enter Subscription ID(s) (space-delimited): '));
      return { ...request, cloudSubscriptions: [...new Set(ids.map(checkedSubscription))] };
    }
    case '5':
      return refuseAks(command, appId);
    default:
      throw new Refusal('Invalid choice');
  }
}

async function groupFrom(dialog: Dialog): Promise<string> {
  const resourceGroup = (await answerTo(dialog, 'Enter Resource Group: ')).trim();
  if (resourceGroup === '' || resourceGroup.startsWith('-')) throw new Refusal('--rg requires a value');
  return resourceGroup;
}

async function isConfirmed(dialog: Dialog, question: string): Promise<boolean> {
  return (await answerTo(dialog, question)).startsWith('y');
}

async function answerTo(dialog: Dialog, question: string): Promise<string> {
  const answer = await dialog.ask(question);
  if (answer === undefined) throw new Refusal('The input ended before the question was answered');
  return answer;
}
