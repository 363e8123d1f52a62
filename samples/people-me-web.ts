import { once } from 'node:events';
import { NotPermitted, tokenSourceFromEnvironment, VaultConnection } from 'webex-token-client';
// From core, since an app by itself has no VAULT_TOKEN; the authorizer has.
import { engineMount, ourCommand, vaultOptionsFromEnvironment } from '#core';
import { apiUrlOption } from './api-url';
import { createCommand, runCommand } from './command';
import { Authorization } from './people-me-web/authorization';
import { Engine } from './people-me-web/engine';
import { parseRedirectUrl } from './people-me-web/redirect-url';
import { authorizerPolicy, refuseExcessiveRights } from './people-me-web/rights';
import { serve } from './people-me-web/serve';
import { createWebApp } from './people-me-web/web-app';

/**
 * A small web app that shows who is authorized, and lets a person authorize.
 *
 * It is two to Vault: an app that reads the token, by AppRole, and an authorizer that asks for consent, by token.
 */

interface Options {
  readonly credential: string;
  readonly integration: string;
  readonly redirectUrl: string;
  readonly scope?: string[];
  readonly owner?: string;
  readonly apiUrl: string;
}

void runCommand((signal) =>
  createCommand({
    name: 'people-me-web',
    summary:
      'Serves a page, where the redirect URL points, that shows who authorized the credential; if nobody, it has an Authorize button.',
    environment: { VAULT_TOKEN: 'token with the policy of the authorizer, and no other' },
  })
    .option('--credential <name>', 'credential to use', 'testauth')
    .option(
      '--integration <name>',
      'Webex Integration that it belongs to, as the engine has it: by its first name',
      'webex-myapp',
    )
    .option(
      '--redirect-url <url>',
      'as it is registered at Webex; the page is served there',
      parseRedirectUrl,
      'http://localhost:5000/auth',
    )
    .option('--scope <scope>', 'scope to ask for; repeat it for several; default: spark:people_read', collect)
    .option('--owner <email>', 'the only account whose consent is accepted; default: whoever consents')
    .addOption(apiUrlOption())
    .action((options: Options) => run(options, signal)),
);

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const { credential: name, integration, scope: scopes = ['spark:people_read'], owner, apiUrl } = options;
  const credential = { name, integration, scopes, owner };
  const notice = (line: string): void => console.error(line);
  const mountPath = engineMount();
  const vaultOptions = vaultOptionsFromEnvironment();
  if (vaultOptions.token === undefined) {
    throw new NotPermitted(
      `VAULT_TOKEN is not set, so nobody could be asked for consent; set it to a token with policy "${authorizerPolicy(mountPath)}" only, such as "${ourCommand('token', 'authorizer')}" prints`,
    );
  }
  await using tokens = tokenSourceFromEnvironment(name, { retry: { attempts: 2 } });
  const engine = new Engine(new VaultConnection(vaultOptions), mountPath, options.redirectUrl);
  await refuseExcessiveRights(engine, notice);

  const authorization = new Authorization({ credential, engine, tokens, apiUrl, notice });
  const redirectUrl = new URL(options.redirectUrl);
  const server = await serve(createWebApp({ authorization, credential, redirectUrl, notice }), redirectUrl);
  try {
    signal.throwIfAborted();
    notice(`Open ${redirectUrl.origin}/ in a browser; Ctrl-C ends it.`);
    await once(signal, 'abort');
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

function collect(scope: string, scopes: string[] = []): string[] {
  return [...scopes, scope];
}
