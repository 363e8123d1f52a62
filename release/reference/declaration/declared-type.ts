import { resolve } from 'node:path';
import ts from 'typescript';

const PROJECT = resolve(__dirname, '../../..');
const SOURCE = resolve(PROJECT, 'lib/declaration/schema/deployment.ts');

/** The doc comment of a field. */
export interface FieldComment {
  readonly description: string;
  /** Text of the tag `@default`. */
  readonly default?: string;
  /** Text of the tag `@example`: a value, as TypeScript. */
  readonly example?: string;
  /** Text of the tag `@see`: an address. */
  readonly see?: string;
}

/** A type of a declaration, as an editor sees it. Its fields have the doc comments of the schemas. */
export class DeclaredType {
  readonly #checker: ts.TypeChecker;
  readonly #type: ts.Type;
  readonly comment: FieldComment;

  private constructor(checker: ts.TypeChecker, type: ts.Type, comment: FieldComment = { description: '' }) {
    this.#checker = checker;
    this.#type = checker.getNonNullableType(type);
    this.comment = comment;
  }

  /** The whole declaration. It takes seconds, because TypeScript reads all schemas. */
  static ofDeployment(): DeclaredType {
    const { config } = ts.readConfigFile(resolve(PROJECT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: unknown;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
    const program = ts.createProgram([SOURCE], { ...options, lib: ['lib.es2023.d.ts'], types: [] });
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(SOURCE);
    const module = source && checker.getSymbolAtLocation(source);
    const input = module && checker.getExportsOfModule(module).find(({ name }) => name === 'DeploymentInput');
    if (input === undefined) {
      throw new Error(`${SOURCE} exports no type DeploymentInput; export it, or name its new place here`);
    }
    return new DeclaredType(checker, checker.getDeclaredTypeOfSymbol(input));
  }

  field(name: string): DeclaredType {
    const symbol = this.#type.getProperty(name);
    if (symbol === undefined) {
      throw new Error(`type "${this.#checker.typeToString(this.#type)}" has no field "${name}"`);
    }
    return new DeclaredType(this.#checker, this.#checker.getTypeOfSymbol(symbol), commentOf(symbol, this.#checker));
  }

  /** Type of a list's elements. */
  element(): DeclaredType {
    const element = this.#checker.getIndexTypeOfType(this.#type, ts.IndexKind.Number);
    if (element === undefined) {
      throw new Error(`type "${this.#checker.typeToString(this.#type)}" is no list`);
    }
    return new DeclaredType(this.#checker, element);
  }

  /** Member of a union, by the value of the field that tells its members apart. */
  variant(discriminator: string, value: string): DeclaredType {
    const members = this.#type.isUnion() ? this.#type.types : [this.#type];
    const found = members.find((member) => {
      const symbol = member.getProperty(discriminator);
      const type = symbol && this.#checker.getTypeOfSymbol(symbol);
      return type?.isStringLiteral() === true && type.value === value;
    });
    if (found === undefined) {
      throw new Error(`no member of the union has ${discriminator} "${value}"`);
    }
    return new DeclaredType(this.#checker, found);
  }
}

function commentOf(symbol: ts.Symbol, checker: ts.TypeChecker): FieldComment {
  const tags = new Map(symbol.getJsDocTags(checker).map(({ name, text }) => [name, oneLine(text)]));
  return {
    description: oneLine(symbol.getDocumentationComment(checker)),
    default: tags.get('default'),
    example: tags.get('example'),
    see: tags.get('see'),
  };
}

function oneLine(parts: ts.SymbolDisplayPart[] | undefined): string {
  return ts.displayPartsToString(parts).replaceAll(/\s+/g, ' ').trim();
}
