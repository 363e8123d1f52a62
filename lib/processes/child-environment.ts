/** Settings and secrets of Vault, of this program and of Terraform. */
const HIDDEN_VARIABLES = /^(?:BAO|VAULT|WEBEX|TF_VAR|TF_TOKEN)_/;

/**
 * The environment for a program that is not ours. Such a program hands it on to all that it starts. A server would also
 * take these variables for settings that override its configuration.
 */
export function withoutSecrets(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !HIDDEN_VARIABLES.test(name)));
}
