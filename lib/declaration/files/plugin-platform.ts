import { ExplainedError } from '#core';
import { firstBytes } from './plugin-binary';

/*
 * The platform of the plugin, from its first bytes. Containers on this machine must be able to run it.
 *
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */

/** Values of `e_machine`, with Node's names. */
const MACHINES: Readonly<Record<number, NodeJS.Architecture>> = {
  0x03: 'ia32',
  0x28: 'arm',
  0x3e: 'x64',
  0xb7: 'arm64',
};

/** Go's names of architectures, if they differ from Node's. */
const GOARCH: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: 'amd64', ia32: '386' };

/** Value of `p_type` in a program that needs a loader and a C library. */
const INTERPRETER = 3;

const MACH_O = [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe];

/**
 * @param dockerHost another machine that runs the containers @default - `DOCKER_HOST`
 * @returns warnings
 * @throws ExplainedError if no container on this machine could run the plugin
 */
export function checkPluginPlatform(file: string, dockerHost = process.env.DOCKER_HOST): string[] {
  // The program headers follow the first header directly.
  const program = firstBytes(file, 4096);
  if (program.length >= 4 && MACH_O.includes(program.readUInt32BE(0))) {
    throw new ExplainedError(
      `the plugin binary ${file} is built for macOS, but the server runs in a Linux container; build it again with GOOS=linux`,
    );
  }
  if (program.length < 64 || program.toString('latin1', 0, 4) !== '\u007FELF') {
    return [];
  }
  const { machine, isLinked } = elfProgram(program);
  if (machine !== process.arch && !dockerHost) {
    throw new ExplainedError(
      `the plugin binary ${file} is built for ${machine ?? 'another machine'}, but containers here run on ${process.arch}; build it again with GOARCH=${GOARCH[process.arch] ?? process.arch}`,
    );
  }
  return isLinked
    ? [
        `the plugin binary ${file} needs a C library that official images do not have; build it again with CGO_ENABLED=0`,
      ]
    : [];
}

function elfProgram(program: Buffer): { machine?: NodeJS.Architecture; isLinked: boolean } {
  const isLittle = program[5] === 1;
  const isWide = program[4] === 2;
  const half = (at: number): number => (isLittle ? program.readUInt16LE(at) : program.readUInt16BE(at));
  const word = (at: number): number => (isLittle ? program.readUInt32LE(at) : program.readUInt32BE(at));
  const long = (at: number): number => Number(isLittle ? program.readBigUInt64LE(at) : program.readBigUInt64BE(at));
  const headers = isWide ? long(32) : word(28);
  const [size, count] = isWide ? [half(54), half(56)] : [half(42), half(44)];
  const types = Array.from({ length: count }, (_, index) => headers + index * size)
    .filter((at) => at + 4 <= program.length)
    .map(word);
  return { machine: MACHINES[half(18)], isLinked: types.includes(INTERPRETER) };
}
