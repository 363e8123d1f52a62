import { z } from 'zod';
import { deploymentSchema } from '../../lib/declaration/schema/deployment';
import type { Reference } from './reference';

export const declarationReference: Reference = { path: 'docs/reference/declaration.md', text: page };

function page(): string {
  const { properties = {} } = z.toJSONSchema(deploymentSchema, { io: 'input' });
  return (
    [
      '# Reference: the declaration',
      'This page lists the fields of `deployment.ts`. It is generated: run `npm run reference` after a change.',
      Object.keys(properties)
        .map((name) => `- \`${name}\``)
        .join('\n'),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}
