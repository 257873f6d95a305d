import { randomUUID } from 'node:crypto';
import { ACR_PULL, CATALOG_LISTER, READER, REPOSITORY_READER } from '../../pulumi-azure/roles.ts';
import type { AzAnswer, AzCommand } from '../../scripts/azure/az-command.ts';
import type { Change, Held, HeldAssignment, IntegrationStack, Outcome } from '../../scripts/azure/stack.ts';
import { normalScope, type StackConfig } from '../../scripts/azure/targets.ts';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
export const TENANT = '99999999-9999-4999-8999-999999999999';

/** The line that the program puts out. */
export const CONNECT = `backline connect acr --tenant ${TENANT}`;

/** A tenant in memory, as `az` shows it and as a stack changes it. What is public can be arranged and looked at. */
export class AzureTenant {
  readonly registries = new Map<string, { readonly name: string; readonly isAbac: boolean }>();
  principal: string | undefined;
  assignments: HeldAssignment[] = [];
  /** Undefined until the first `up`. */
  stored: { config: StackConfig; ids: string[]; hasPrincipal: boolean } | undefined;
  isLoggedIn = true;
  /** Why Pulumi fails at a scope, `principal` for that of the app. */
  readonly refusals = new Map<string, string>();
  /** What `az` says instead of answering to calls that begin so. */
  readonly azFailures = new Map<string, AzAnswer>();
  /** Every call of `az` and run of the stack. */
  readonly calls: string[] = [];

  addRegistry(name: string, resourceGroup: string, isAbac = false): string {
    const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${name}`;
    this.registries.set(id, { name, isAbac });
    return id;
  }

  /** An assignment that no stack made. */
  assign(role: string, scope: string): HeldAssignment {
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const assignment = { id, role, scope };
    this.assignments.push(assignment);
    return assignment;
  }

  /** `role at place` of all assignments. */
  get access(): string[] {
    return this.assignments.map(({ role, scope }) => `${role.slice(0, 8)} ${scope.split('/').at(-1)}`).sort();
  }

  readonly az: AzCommand = (args) => {
    const call = args.join(' ');
    this.calls.push(`az ${call}`);
    const failure = [...this.azFailures].find(([beginning]) => call.startsWith(beginning));
    return Promise.resolve(failure === undefined ? this.#answer(call, args) : failure[1]);
  };

  readonly stack: IntegrationStack = {
    read: () => Promise.resolve(this.#held()),
    preview: (config) => Promise.resolve(this.#run('preview', config)),
    up: (config) => Promise.resolve(this.#run('up', config)),
    previewDestroy: () => Promise.resolve(this.#destroy('preview destroy')),
    destroy: () => Promise.resolve(this.#destroy('destroy')),
  };

  #answer(call: string, args: readonly string[]): AzAnswer {
    const option = (name: string) => args[args.indexOf(name) + 1] ?? '';
    const found = [...this.registries].map(([id, { name }]) => ({ id, name }));
    const group = option('--resource-group');
    const inGroup = found.filter(({ id }) =>
      id.toLowerCase().includes(`/resourcegroups/${group.toLowerCase()}/`),
    );
    if (call === 'account show') {
      if (!this.isLoggedIn) return no("Please run 'az login' to setup account.");
      return yes({
        id: SUBSCRIPTION,
        name: 'Test',
        tenantId: TENANT,
        environmentName: 'AzureCloud',
        user: { name: 'ann@example.test' },
      });
    }
    if (call.startsWith('acr show')) {
      const registry = inGroup.find(({ name }) => name === option('--name'));
      return registry === undefined ? no('(ResourceNotFound)', true) : yes(registry);
    }
    if (call.startsWith('acr list --resource-group')) return yes(inGroup);
    if (call === 'acr list') return yes(found);
    if (call.startsWith('ad sp show'))
      return this.principal === undefined ? no('no such principal', true) : yes({ id: this.principal });
    if (call.startsWith('ad sp delete')) {
      this.principal = undefined;
      return yes(undefined);
    }
    if (call.startsWith('role assignment list')) {
      const scope = args.includes('--scope') ? option('--scope').toLowerCase() : undefined;
      return yes(
        this.assignments
          .filter((one) => scope === undefined || one.scope.toLowerCase() === scope)
          .map(({ id, role, scope: at }) => ({
            id,
            scope: at,
            roleDefinitionId: `/subscriptions/x/roleDefinitions/${role}`,
          })),
      );
    }
    if (call.startsWith('role assignment delete')) {
      this.assignments = this.assignments.filter(({ id }) => id !== option('--ids'));
      return yes(undefined);
    }
    throw new Error(`no such call of az: ${call}`);
  }

  /** Looks first at what became of it, as the real one. */
  #held(): Held | undefined {
    if (this.stored === undefined) return undefined;
    const { config, ids, hasPrincipal } = this.stored;
    const assignments = this.assignments.filter(({ id }) => ids.includes(id));
    const vanished = ids
      .filter((id) => !assignments.some((one) => one.id === id))
      .map((id) => ({
        role: ACR_PULL.guid,
        scope: id.split('/providers/Microsoft.Authorization/')[0] ?? '',
      }));
    return { config, assignments, vanished, hasPrincipal: hasPrincipal && this.principal !== undefined };
  }

  #run(kind: 'preview' | 'up', config: StackConfig): Outcome {
    this.calls.push(kind);
    const before = this.#held();
    const changes: Change[] = [];
    const refused = this.refusals.get('principal');
    if (this.principal === undefined && refused !== undefined) {
      return { isOk: false, changes: [{ action: 'create', hasFailed: true }], errors: [refused] };
    }
    changes.push({ action: before?.hasPrincipal === true ? 'keep' : 'create', hasFailed: false });
    const errors: string[] = [];
    const ids: string[] = [];
    const wanted = this.#wanted(config);
    for (const assignment of wanted) {
      const there = this.assignments.find((one) => isSame(one, assignment));
      const reason = this.refusals.get(assignment.scope);
      if (there === undefined && reason !== undefined) errors.push(reason);
      changes.push({
        assignment,
        action: there === undefined ? 'create' : 'keep',
        hasFailed: there === undefined && reason !== undefined,
      });
      if (kind === 'up' && (there !== undefined || reason === undefined)) {
        ids.push((there ?? this.assign(assignment.role, assignment.scope)).id);
      }
    }
    for (const assignment of before?.assignments ?? []) {
      if (wanted.some((one) => isSame(one, assignment))) continue;
      const reason = this.refusals.get(assignment.scope);
      changes.push({ assignment, action: 'delete', hasFailed: reason !== undefined });
      if (reason !== undefined) errors.push(reason);
      else if (kind === 'up') this.assignments = this.assignments.filter(({ id }) => id !== assignment.id);
    }
    if (kind === 'preview') return { isOk: errors.length === 0, changes, errors };
    this.principal ??= randomUUID();
    this.stored = { config, ids, hasPrincipal: true };
    return {
      isOk: errors.length === 0,
      changes,
      errors,
      principalObjectId: this.principal,
      ...(wanted.some(({ scope }) => this.registries.has(scope)) ? { connectCommand: CONNECT } : {}),
    };
  }

  #wanted(config: StackConfig): { role: string; scope: string }[] {
    const list = (name: string) => JSON.parse(config[name] ?? '[]') as unknown[];
    const registries = (list('registries') as { name: string; resourceGroup: string }[]).flatMap(
      ({ name, resourceGroup }) => {
        const id = [...this.registries.keys()].find((one) =>
          one.endsWith(
            `/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${name}`,
          ),
        );
        if (id === undefined) return [];
        const roles =
          this.registries.get(id)?.isAbac === true ? [REPOSITORY_READER, CATALOG_LISTER] : [ACR_PULL];
        return roles.map(({ guid }) => ({ role: guid, scope: id }));
      },
    );
    const subscriptions = (list('cloudSubscriptions') as string[]).map((id) => ({
      role: READER.guid,
      scope: `/subscriptions/${id}`,
    }));
    return [...registries, ...subscriptions];
  }

  #destroy(kind: 'preview destroy' | 'destroy'): Outcome {
    this.calls.push(kind);
    const assignments = this.#held()?.assignments ?? [];
    const refused = this.refusals.get('destroy');
    const changes: Change[] = assignments.map((assignment) => ({
      assignment,
      action: 'delete',
      hasFailed: refused !== undefined,
    }));
    if (refused !== undefined) return { isOk: false, changes, errors: [refused] };
    const stays = this.refusals.get('principal');
    if (stays !== undefined) {
      return { isOk: false, changes: [...changes, { action: 'delete', hasFailed: true }], errors: [stays] };
    }
    if (kind === 'destroy') {
      this.assignments = this.assignments.filter((one) => !assignments.includes(one));
      if (this.stored?.hasPrincipal === true) this.principal = undefined;
      this.stored = undefined;
    }
    return { isOk: true, changes, errors: [] };
  }
}

function isSame(a: { role: string; scope: string }, b: { role: string; scope: string }): boolean {
  return a.role === b.role && normalScope(a.scope) === normalScope(b.scope);
}

function yes(value: unknown): AzAnswer {
  return { isOk: true, value };
}

/** A refusal of `az`, with the advice that follows it. */
export function no(reason: string, isMissing = false, advice = ''): AzAnswer {
  return { isOk: false, reason, complaint: `ERROR: ${reason}\n${advice}`, isMissing };
}
