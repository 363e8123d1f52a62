import {
  ExplainedError,
  SecretIdFile,
  unwrapSecretId,
  VaultConnection,
  vaultServerFromEnvironment,
  vaultVariable,
} from '#core';

/**
 * Unwraps the secret id of the environment once, into the file that the environment names.
 *
 * @returns the file
 * @throws ExplainedError if one of them is not named, and as {@link unwrapSecretId} and {@link SecretIdFile}
 */
export async function unwrapToFile(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const vault = new VaultConnection(vaultServerFromEnvironment({}, env));
  const wrappingToken = vaultVariable('WRAPPED_SECRET_ID', env);
  const file = vaultVariable('SECRET_ID_FILE', env);
  if (wrappingToken === undefined) {
    throw new ExplainedError(
      'VAULT_WRAPPED_SECRET_ID is not set, so there is nothing to unwrap; set it to the wrapping token that "webex-token-vault issue" printed',
    );
  }
  if (file === undefined) {
    throw new ExplainedError(
      'VAULT_SECRET_ID_FILE is not set, so there is no place for the secret id; set it to the file that the app is to read it from',
    );
  }
  const secretIdFile = new SecretIdFile(file);
  await secretIdFile.prepare();
  await secretIdFile.put(await unwrapSecretId(vault, wrappingToken));
  return file;
}
