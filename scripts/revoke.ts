import type { Command } from 'commander';
import { CREDENTIAL_EXIT_CODES, describeError, explainedBy, ExplainedError, type CredentialReading } from '#core';
import { describeCommand, READ_CLEAN_UP_MS } from '../lib/cli/command';
import { environmentAs } from '../lib/cli/help-environment';
import { addYesOption, confirmed } from '../lib/cli/confirmation';
import { declaredDeployment, openSession, operatorsOption } from '../lib/cli/operated-command';
import { findCredential } from '../lib/declaration/derived/by-name';
import { deleteCredential, findRevocable, whatRemains } from '../lib/grants/consent/revocation';
import {
  type EndableGrant,
  endUpstreamGrant,
  findUpstreamGrant,
  NOT_TOLD,
  type UpstreamOutcome,
} from '../lib/grants/consent/upstream-grant';
import { graceSignal, readGraceSignal } from '../lib/vault/grace-signal';

interface Options {
  readonly yes?: boolean;
  readonly vaultOnly?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, signal: AbortSignal): void {
  const described = describeCommand(command, {
    examples: {
      'webex-token-vault revoke testauth': 'Revoke the grant of credential testauth',
      'webex-token-vault revoke testauth --yes --json': 'Revoke it in a script',
    },
    summary: 'Revokes the grant of a credential at Webex, if its scopes allow that, and deletes it in Vault.',
    details: ['Apps of the credential get no more tokens. The output says which tokens Webex still accepts.'],
    environment: environmentAs('authorizer'),
    exitCodes: CREDENTIAL_EXIT_CODES,
    cleanUpMs: READ_CLEAN_UP_MS,
  });
  addYesOption(described)
    .argument('<credential>', 'Name of a declared credential')
    .option('--vault-only', 'Delete the grant in Vault only, and do not ask Webex')
    .option('--json', 'Print the result as JSON')
    .addOption(operatorsOption('authorizer'))
    .action(async (name: string, { yes, vaultOnly, json }: Options) => {
      const { deployment } = await declaredDeployment(command);
      const credential = findCredential(deployment, name);
      const { mountPath } = deployment.engine;
      await using session = await openSession(command, deployment, 'authorizer', signal);
      // A read may refresh the token, and only the answer to a deletion says whether it succeeded.
      const vault = session.vault.endedBy(readGraceSignal(signal, deployment.engine));
      const reading = await findRevocable(vault, mountPath, name, { vaultOnly });
      const upstream = vaultOnly ? NOT_TOLD : await findUpstreamGrant(vault, deployment, credential, reading, signal);
      const deletion = deletionQuestion(`Delete "${name}" at ${vault.address}`, upstream);
      const question = `${deletion} Its apps get no more tokens, and only a person can authorize it again.`;
      if (!(await confirmed(question, { yes, asked: `whether "${name}" shall be deleted`, signal }))) {
        throw new ExplainedError(`"${name}" was not deleted`);
      }
      signal.throwIfAborted();
      const outcome =
        upstream.state === 'endable'
          ? await endUpstreamGrant(deployment, credential, upstream, graceSignal(signal))
          : upstream;
      await deleteCredential(vault, mountPath, credential).catch((error: unknown) => {
        throw outcome.state === 'revoked' ? halfEnded(name, error) : error;
      });
      const text = [`"${name}" is deleted in Vault.`, ...whatRemains(deployment, credential, reading, outcome)];
      process.stdout.write(`${json ? JSON.stringify(toJson(name, reading, outcome), null, 2) : text.join('\n')}\n`);
    });
}

function deletionQuestion(deletion: string, upstream: EndableGrant | UpstreamOutcome): string {
  switch (upstream.state) {
    case 'endable':
      return `${deletion}, and revoke its grant at Webex?`;
    case 'kept':
      return `${deletion}, and leave its grant at Webex?`;
    default:
      return `${deletion}? Its grant stays at Webex: ${upstream.why}.`;
  }
}

function halfEnded(name: string, error: unknown): ExplainedError {
  return explainedBy(
    error,
    `the grant of "${name}" is revoked at Webex, but not deleted in Vault: ${describeError(error)}; run this again`,
  );
}

function toJson(credential: string, reading: CredentialReading | undefined, { state, why }: UpstreamOutcome): object {
  return {
    credential,
    vault: 'deleted',
    webex: state,
    detail: why,
    /** How long Webex honors the last access token; null: no longer, or unknown. */
    until: state === 'revoked' ? null : (reading?.expireTime?.toISOString() ?? null),
  };
}
