import { ExplainedError } from '#core';
import { firstBytes } from './plugin-binary';

/*
 * The platform of the plugin, from its first bytes. Containers on this machine must be able to run it.
 *
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */

/** `e_machine` by the names of Node. */
const MACHINES: Readonly<Record<number, NodeJS.Architecture>> = {
  0x03: 'ia32',
  0x28: 'arm',
  0x3e: 'x64',
  0xb7: 'arm64',
};

/** Names of Go that differ from Node's. */
const GOARCH: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: 'amd64', ia32: '386' };

/** `p_type` of a program that needs a loader, and the C library that it was linked with. */
const INTERPRETER = 3;

const MACH_O = [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe];

/**
 * @param dockerHost other host of containers @default - `DOCKER_HOST`
 * @returns warnings
 * @throws ExplainedError if no server in a container here could start it
 */
export function checkPluginPlatform(file: string, dockerHost = process.env.DOCKER_HOST): string[] {
  // The program headers follow the first header at once.
  const program = firstBytes(file, 4096);
  if (program.length >= 4 && MACH_O.includes(program.readUInt32BE(0))) {
    throw new ExplainedError(
      `the plugin binary ${file} is built for macOS, and the server runs in a Linux container; build it again with GOOS=linux`,
    );
  }
  if (program.length < 64 || program.toString('latin1', 0, 4) !== '\u007FELF') {
    return [];
  }
  const { machine, isLinked } = elfProgram(program);
  if (machine !== process.arch && !dockerHost) {
    throw new ExplainedError(
      `the plugin binary ${file} is built for ${machine ?? 'another machine'}, and containers here run on ${process.arch}; build it again with GOARCH=${GOARCH[process.arch] ?? process.arch}`,
    );
  }
  return isLinked
    ? [
        `the plugin binary ${file} is linked to the C library of the machine that built it, which official images do not have; build it again with CGO_ENABLED=0`,
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
