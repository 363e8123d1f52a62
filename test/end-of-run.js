'use strict';

const { writeSync } = require('node:fs');
const { relative } = require('node:path');
const { setImmediate } = require('node:timers');

/*
 * The last lines of a run. Tests that were left out come first, by reason. Failed tests follow, each with the command
 * that runs it alone.
 */

const LEFT_OUT_LINES = 3;
const FAILED_TESTS = 20;

/** Longest reason in a line. The title of the test has the whole reason. */
const REASON_LENGTH = 120;

/** Title of a test or a group that test/fixtures/runs/left-out.ts leaves out. */
const LEFT_OUT = / \[left out: ([^]*)\]$/;

/** Environment variable: the file descriptor that test/all.js reads the lines from. */
const END_OF_RUN_FD = 'END_OF_RUN_FD';

module.exports = class EndOfRun {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
    const fd = process.env[END_OF_RUN_FD];
    this.print = (text) => (fd === undefined ? process.stderr.write(text) : writeSync(Number(fd), text));
    // Processes of the tests do not inherit the descriptor.
    delete process.env[END_OF_RUN_FD];
  }

  onTestResult({ context }, testResult) {
    // Jest omits the project's name for a file that cannot be loaded.
    testResult.displayName ??= context.config.displayName;
  }

  onRunComplete(_contexts, { testResults }) {
    const { testNamePattern, rootDir } = this.globalConfig;
    const lines = [...leftOut(testResults, testNamePattern), ...failed(testResults, rootDir)];
    if (lines.length > 0) {
      // Jest calls its own reporter, which prints the summary, after all others.
      setImmediate(() => this.print(`\n${lines.join('\n')}\n`));
    }
  }
};

/** @returns three lines at most, the most frequent reasons first */
function leftOut(files, testNamePattern) {
  const selected = new RegExp(testNamePattern ?? '', 'i');
  const counts = new Map();
  for (const { status, fullName, ancestorTitles, title } of files.flatMap((file) => file.testResults)) {
    // Jest reports tests that -t does not select as pending, too.
    if (status === 'pending' && selected.test(fullName)) {
      const [, reason = 'no reason is given'] =
        [...ancestorTitles, title].map((each) => LEFT_OUT.exec(each)).find(Boolean) ?? [];
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  const reasons = [...counts].sort(([, a], [, b]) => b - a);
  const alone = reasons.length > LEFT_OUT_LINES ? reasons.splice(0, LEFT_OUT_LINES - 1) : reasons.splice(0);
  const lines = alone.map(([reason, count]) => `${tests(count)} left out: ${shortened(reason)}`);
  if (reasons.length > 0) {
    const count = reasons.reduce((sum, [, each]) => sum + each, 0);
    const others = reasons.map(([reason]) => shortened(reason)).join('; ');
    lines.push(`${tests(count)} left out for ${reasons.length} other reasons: ${others}`);
  }
  return lines;
}

function failed(files, rootDir) {
  const failures = files.flatMap((file) => {
    const path = relative(rootDir, file.testFilePath);
    const failedTests = file.testResults.filter(({ status }) => status === 'failed');
    const didNotRun = file.testExecError !== undefined || (file.failureMessage && failedTests.length === 0);
    return [
      ...failedTests.map(({ fullName }) => `failed: ${inOneLine(fullName)}\n  ${command(file, path, fullName)}`),
      ...(didNotRun ? [`failed to run: ${path}\n  ${command(file, path)}`] : []),
    ];
  });
  const more = failures.length - FAILED_TESTS;
  return more > 0 ? [...failures.slice(0, FAILED_TESTS), `and ${more} more`] : failures;
}

/** @param fullName name of a test. Undefined selects the whole file. */
function command({ displayName }, path, fullName) {
  return [
    'npx jest',
    ...(displayName === undefined ? [] : ['--selectProjects', shellWord(displayName.name)]),
    // Jest takes -t as a regular expression, and searches the whole name for it.
    ...(fullName === undefined ? [] : ['-t', quoted(`^${escaped(fullName)}$`)]),
    '--runTestsByPath',
    shellWord(path),
  ].join(' ');
}

/** Escapes a text as a regular expression in one line. */
function escaped(text) {
  return (
    text
      .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      // eslint-disable-next-line no-control-regex -- a shell's line editor interprets control characters
      .replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  );
}

function shellWord(text) {
  return /^[\w./-]+$/.test(text) ? text : quoted(text);
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function tests(count) {
  return count === 1 ? '1 test' : `${count} tests`;
}

function inOneLine(text) {
  return text.replace(/\s+/g, ' ');
}

function shortened(reason) {
  const line = inOneLine(reason);
  return line.length > REASON_LENGTH ? `${line.slice(0, REASON_LENGTH - 1)}…` : line;
}
