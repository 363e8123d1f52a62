import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, ExplainedError } from '#core';
import { createPrivateFolder, writePrivateFile } from '../../files/private-file';
import { AGENT_CONFIGURATION_HEADER } from '../../apps/agent-configuration';

/**
 * Writes the configuration of an agent into its private folder, and replaces an older configuration.
 *
 * @returns the file
 * @throws ExplainedError if another file has this name, or the file cannot be written
 */
export async function writeAgentConfiguration(folder: string, configuration: string): Promise<string> {
  const file = join(folder, 'agent.hcl');
  if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(AGENT_CONFIGURATION_HEADER)) {
    throw new ExplainedError(`${file} exists and was not written by this command; move it away, or use another --out`);
  }
  // The folder will hold the secret id and the tokens.
  await createPrivateFolder(folder);
  try {
    await writePrivateFile(file, configuration);
  } catch (error) {
    throw new ExplainedError(`${file} cannot be written (${errorCode(error)}); use another --out`);
  }
  return file;
}
