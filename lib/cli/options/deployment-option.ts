import { Option } from 'commander';
import { deploymentFile } from '../../declaration/deployment-file';

/** Which deployment a command is about. It is part of every help, so it loads nothing of a declaration. */
export function deploymentOption(): Option {
  return new Option('--deployment <file>', 'the file that declares what is deployed')
    .env('DEPLOYMENT')
    .default(deploymentFile({}));
}
