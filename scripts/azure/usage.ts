import type { CommandName } from './arguments.ts';

const REGISTRIES = `ACR OPTIONS:
    --acr <names>                    names of ACRs in one resource group, with blanks between them
    --rg, --resource-group <name>    resource group of the ACRs named before it; of all its ACRs when none were`;

const GENERAL = `    --dry-run                        say what would be done, and change nothing
    -h, --help                       show this`;

const INSTALL = `Usage: install_azure_integration.sh [OPTIONS]

Lets Backline AI read Azure Container Registries and Azure subscriptions. Without options it asks.

${REGISTRIES}
    --subscription                   all ACRs of the subscription that az is set to; needs --yes

AZURE CLOUD OPTIONS:
    --cloud-sub <id>                 subscription in which Backline becomes Reader; may be repeated

GENERAL OPTIONS:
    --yes                            confirm --subscription, and more than three ACRs of one resource group
${GENERAL}

EXAMPLES:
    install_azure_integration.sh --acr myacr --rg mygroup
    install_azure_integration.sh --acr "acr1 acr2" --rg group1 --acr acr3 --rg group2
    install_azure_integration.sh --rg mygroup --yes
    install_azure_integration.sh --subscription --yes
    install_azure_integration.sh --cloud-sub 11111111-1111-1111-1111-111111111111
`;

const CLEANUP = `Usage: cleanup_azure_integration.sh [OPTIONS]

Takes away what Backline AI may read of Azure Container Registries and Azure subscriptions. Without options it asks.

${REGISTRIES}

AZURE CLOUD OPTIONS:
    --cloud-sub <id>                 subscription in which Backline is Reader no more; may be repeated

GENERAL OPTIONS:
    --all                            remove the service principal and all it may do; needs --yes
    --yes                            confirm --all, and more than three ACRs of one resource group
${GENERAL}

EXAMPLES:
    cleanup_azure_integration.sh --acr myacr --rg mygroup
    cleanup_azure_integration.sh --rg mygroup --yes
    cleanup_azure_integration.sh --cloud-sub 11111111-1111-1111-1111-111111111111
    cleanup_azure_integration.sh --all --yes
`;

/** What `--help` prints. */
export const USAGE: Readonly<Record<CommandName, string>> = { install: INSTALL, cleanup: CLEANUP };
