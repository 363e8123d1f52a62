import { create } from './create';

void create(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
