import type { Deployment } from '../lib/declaration/schema/deployment';

/** The declaration of a clone, which the quickstart rehearses in a folder without one. */
export function exampleDeployment(): Deployment {
  // Only this quickstart reads its variables.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would have tsx start a thread
  return (require('../deployment') as typeof import('../deployment')).default;
}
