import { Option } from 'commander';
import { deploymentFile } from '../../declaration/deployment-file';

/** Names the deployment of a command. Every help has it, so it loads no declaration. */
export function deploymentOption(): Option {
  return new Option('--deployment <file>', 'file that declares the deployment')
    .env('DEPLOYMENT')
    .default(deploymentFile({}));
}
