import { type Command, Option } from 'commander';
import { UsageError } from '#core';
import { describeCommand, READ_CLEAN_UP_MS } from '../lib/cli/command';
import { environmentAs } from '../lib/cli/help-environment';
import { servePeople, type PeopleRunOptions } from '../lib/cli/consent/people-run';
import { notifyOptions, siteOptions } from '../lib/cli/consent/site-options';
import { waitingJson, waitingText } from '../lib/cli/consent/waiting-text';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { findWaiting } from '../lib/consent-site/people/waiting-consents';

interface Options extends PeopleRunOptions {
  readonly serve?: true;
  readonly json?: true;
}

/** Options of the site. */
const OF_SITE = [
  'listen',
  'tlsCert',
  'tlsKey',
  'clientSecrets',
  'webhookSecretFile',
  'organizationsState',
  'site',
  'notify',
];

export function define(command: Command, signal: AbortSignal): void {
  const described = describeCommand(command, {
    examples: {
      'webex-token-vault consent': 'Print the credentials that need a person',
      'webex-token-vault consent --serve --client-secrets secrets/clients':
        'Serve the site on which people log in and consent',
    },
    summary: 'Shows the credentials that wait for a consent, at the terminal or on a site for people.',
    details: [
      'The site uses no login of this command: each person logs in by operators.oidc, and each grant is stored with the token of that person.',
      'The address of the site comes from an https redirectUrl of an integration. The people are the groups of operators.oidc.groups.authorizer.',
      'The client secrets are read at each consent, so a changed file needs no restart.',
    ],
    environment: environmentAs('authorizer'),
    exitCodes: { 0: 'The list was printed, whatever waits; with --serve: ended, also by Ctrl-C or SIGTERM' },
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .option('--serve', 'Serve the site until Ctrl-C')
    .addOption(new Option('--json', 'Print the list as JSON').conflicts('serve'))
    .option('--client-secrets <folder>', 'With --serve: folder with a private file for each integration, by its name')
    .option('--webhook-secret-file <file>', "With --serve: file with the secrets of Webex's webhooks for Service Apps")
    .option(
      '--organizations-state <file>',
      'With --serve: record of the organizations (default: webex-token-vault/organizations.json in XDG_STATE_HOME or ~/.local/state)',
    )
    .option('--site <url>', 'With --serve: site to serve, if several are declared');
  [...siteOptions(), ...notifyOptions()].forEach((option) => described.addOption(option));
  described.addOption(operatorsOption('authorizer')).action(async (options: Options) => {
    if (options.serve) {
      return servePeople(command, options, signal);
    }
    const unused = OF_SITE.find((name) => command.getOptionValueSource(name) === 'cli');
    if (unused !== undefined) {
      throw new UsageError(
        `--${unused.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} needs --serve; add it, or leave both out`,
      );
    }
    const { deployment } = await declaredDeployment(command);
    await using session = await openSession(command, deployment, 'authorizer', signal);
    const look = await findWaiting({ deployment, vault: session.vault, signal });
    process.stdout.write(`${options.json ? JSON.stringify(waitingJson(look), null, 2) : waitingText(look)}\n`);
  });
}
