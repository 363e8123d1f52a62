import type { Command } from 'commander';
import { showsColors } from '../lib/cli/colors';
import { describeCommand, READ_CLEAN_UP_MS } from '../lib/cli/command';
import { environmentAs } from '../lib/cli/help-environment';
import { declaredDeployment, operatorFolder, operatorsOption } from '../lib/cli/operated-command';
import { diagnose } from '../lib/health/doctor/diagnosis';
import { adviceText, diagnosisJson, findingLine } from '../lib/health/doctor/presentation';
import { OperatorSession } from '../lib/operators/operator-session';
import { OPERATOR_NAMES } from '../lib/operators/operators';
import { explainedRefusal } from '../lib/operators/server-refusal';

interface Options {
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly webex: boolean;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault doctor': 'Find the first problem',
      'webex-token-vault doctor --strict --no-webex': 'Fail for advice too, and do not ask Webex',
    },
    summary:
      'Finds the first problem, and names the command that fixes it. It also shows who else can read a credential.',
    environment: environmentAs('observer'),
    exitCodes: {
      0: 'No problem; there may be advice',
      1: 'A problem, which the line "error:" names; with --strict, advice too',
      2: 'Wrong usage',
    },
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .option('--json', 'Print the result as JSON')
    .option('--strict', 'Treat advice as a problem')
    .option('--no-webex', 'Do not ask Webex, on a machine that cannot reach it')
    .addOption(operatorsOption('observer'))
    .action(async ({ json = false, strict = false, webex }: Options) => {
      const colors = showsColors(process.stdout);
      const print = (text: string): void => void process.stdout.write(`${text}\n`);
      const operators = operatorFolder(command);
      const diagnosis = await diagnose({
        env: process.env,
        load: () => declaredDeployment(command),
        logIn: (connection) => OperatorSession.open(connection, 'observer', { operators, signal }),
        explain: explainedRefusal,
        operators: OPERATOR_NAMES,
        operatorFolder: operators.path,
        webex,
        onFinding: (finding) => (json ? undefined : print(findingLine(finding, colors))),
        signal,
      });
      const advice = adviceText(diagnosis.advice);
      if (json) {
        print(JSON.stringify(diagnosisJson(diagnosis), null, 2));
      } else if (advice !== '') {
        print(`\n${advice}`);
      }
      const isWrong = diagnosis.findings.some(({ state }) => state === 'error');
      const isAdvised = diagnosis.advice.some(({ kind }) => kind === 'advice');
      process.exitCode = isWrong || (strict && isAdvised) ? 1 : 0;
    });
}
