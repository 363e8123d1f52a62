import { VaultResponseError } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import { lineOf, type Line } from '../report';

/** The line of a look, or an unknown one if Vault refuses the read. @param what the object, such as "its role" */
export async function lineOrRefusal<L>(
  { name, what = 'it', next }: { readonly name: string; readonly what?: string; readonly next?: string },
  look: () => Promise<L>,
): Promise<L | Line<'unknown'>> {
  return look().catch((error: unknown) => {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    const { statusCode, said } = error;
    const detail = `${what} cannot be read (${statusCode}: ${said || 'no message'})`;
    const step = statusCode === 403 ? `${deployCommand()}, which writes the observer's policy` : next;
    return lineOf(name, 'unknown', 'attention', detail, step ?? 'look for the cause in the log of the server');
  });
}
