import { VaultResponseError } from '#core';
import { lineOf, type Line } from '../report';

/** The line of a look, or an unknown one if Vault refuses the look. @param what is refused, such as "its role" */
export async function lineOrRefusal<L>(
  { name, what = 'it', next }: { readonly name: string; readonly what?: string; readonly next?: string },
  look: () => Promise<L>,
): Promise<L | Line<'unknown'>> {
  return look().catch((error: unknown) => {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    const { statusCode, said } = error;
    const detail = `${what} cannot be looked at (${statusCode}: ${said || 'no message'})`;
    return lineOf(name, 'unknown', 'attention', detail, next);
  });
}
