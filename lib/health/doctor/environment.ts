import { vaultOptionsFromEnvironment } from '#core';
import { advice, Problem, type Advice } from './examination';

/*
 * The environment of this process. Its checks need no connection.
 */

/** Oldest version of Node that package.json allows. */
const OLDEST_NODE = [20, 19] as const;

/** Variables with one form for Vault and one for OpenBao. Only the token is a secret. */
const BOTH_FORMS = ['ADDR', 'NAMESPACE', 'CACERT', 'TOKEN'] as const;

/** `vaultOptionsFromEnvironment` requires an address, and the declared one is not known yet. */
const ANY_ADDRESS = 'http://127.0.0.1';

/** @throws Problem, ExplainedError */
export function checkEnvironment(env: NodeJS.ProcessEnv, nodeVersion = process.versions.node): string {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Problem(
      `this is Node ${nodeVersion}, and webex-token-vault needs ${OLDEST_NODE.join('.')} or later`,
      `install Node ${OLDEST_NODE.join('.')} or later`,
    );
  }
  vaultOptionsFromEnvironment({ address: ANY_ADDRESS }, env);
  const contradicting = BOTH_FORMS.find((name) => {
    const [bao, vault] = [env[`BAO_${name}`], env[`VAULT_${name}`]];
    return Boolean(bao) && Boolean(vault) && bao !== vault;
  });
  if (contradicting !== undefined) {
    const [bao, vault] = [`BAO_${contradicting}`, `VAULT_${contradicting}`];
    throw new Problem(
      `${bao} and ${vault} differ: this program and "bao" use the first, Terraform's provider and "vault" use the second`,
      `unset ${bao} or ${vault}`,
    );
  }
  const set = BOTH_FORMS.flatMap((name) => [`VAULT_${name}`, `BAO_${name}`]).filter((name) => env[name]);
  const named = set.length === 0 ? 'none of VAULT_ADDR, VAULT_NAMESPACE, VAULT_CACERT and VAULT_TOKEN' : set.join(', ');
  return `Node ${nodeVersion}; ${named} set`;
}

/** Variables that may not work as the person who set them expects. */
export function environmentAdvice(env: NodeJS.ProcessEnv): Advice[] {
  const empty = BOTH_FORMS.flatMap((name) => [`BAO_${name}`, `VAULT_${name}`]).filter((name) => env[name] === '');
  const unverified = ['BAO_SKIP_VERIFY', 'VAULT_SKIP_VERIFY'].filter((name) => /^(?:1|t|true)$/i.test(env[name] ?? ''));
  const folder = ['BAO_CAPATH', 'VAULT_CAPATH'].find((name) => env[name]);
  return [
    ...empty.map((name) =>
      advice(`${name} is set but empty: this program ignores it, and "bao" and "vault" may not`, `unset ${name}`),
    ),
    ...unverified.map((name) =>
      advice(
        `${name} is set: "bao", "vault" and Terraform's provider send tokens to any server that answers`,
        `unset ${name}, and set VAULT_CACERT`,
      ),
    ),
    ...(folder === undefined
      ? []
      : [advice(`${folder} is set, and this program does not read it`, 'set VAULT_CACERT to the file of the CA')]),
  ];
}
