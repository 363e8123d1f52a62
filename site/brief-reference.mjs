import { Comment, Converter, ReflectionKind } from 'typedoc';
import { MarkdownTheme, MarkdownThemeContext } from 'typedoc-plugin-markdown';

/*
 * A plugin of TypeDoc, for one short page: a signature has the types, and sentences follow it. Members of errors that no
 * caller needs are left out: no caller constructs an error.
 */

/** Sections in the place of headings of their own. */
const SENTENCES = { '@default': 'Default: ', '@throws': 'Throws ', '@returns': 'Returns ', '@see': 'See ' };

/** @param {import('typedoc-plugin-markdown').MarkdownApplication} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const member of project.getReflectionsByKind(ReflectionKind.ClassMember)) {
      if (isError(member.parent) && ['constructor', 'name'].includes(member.name)) {
        project.removeReflection(member);
      }
    }
    for (const reflection of Object.values(project.reflections)) {
      putTagsIntoText(reflection, project);
    }
  });
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      for (const { children } of project.groups ?? []) {
        children.sort((a, b) => Number(isError(a)) - Number(isError(b)));
        children.forEach((child) => delete child.implementedTypes);
      }
    },
    // After TypeDoc's own groups.
    -1000,
  );
  app.renderer.defineTheme('brief', BriefTheme);
}

class BriefTheme extends MarkdownTheme {
  getRenderContext(page) {
    const context = new MarkdownThemeContext(this, page, this.application.options);
    Object.assign(context.partials, { signatureReturns: () => '', inheritance: () => '', hierarchy: () => '' });
    return context;
  }
}

function isError(reflection) {
  return reflection?.kindOf?.(ReflectionKind.Class) && reflection.children?.some(({ name }) => name === 'code');
}

function putTagsIntoText(reflection, project) {
  const { comment, parameters = [] } = reflection;
  for (const parameter of parameters.filter(({ name }) => name === '__namedParameters')) {
    parameter.name = 'options';
  }
  const described = parameters.filter((parameter) => parameter.comment !== undefined);
  const bases = (reflection.extendedTypes ?? []).map(String).filter((base) => namesIn(project).includes(base));
  if (comment === undefined && described.length === 0 && bases.length === 0) {
    return;
  }
  reflection.comment = comment ?? new Comment();
  const { summary } = reflection.comment;
  if (bases.length > 0) {
    summary.push(...linked([{ kind: 'text', text: `\n\nExtends ${bases.join(', ')}.` }], project));
  }
  described.forEach((parameter, index) => {
    const before = `${index === 0 ? '\n' : ''}\n- \`${parameter.name}\`: `;
    summary.push({ kind: 'text', text: before }, ...linked(parameter.comment.summary, project));
  });
  for (const [tag, opening] of Object.entries(SENTENCES)) {
    for (const { content } of reflection.comment.getTags(tag)) {
      const [first, ...others] = content;
      const plain = first?.text.replace(/^- /, '') ?? '';
      summary.push(
        { kind: 'text', text: `\n\n${opening}` },
        ...linked([{ ...first, text: plain }, ...others], project),
        { kind: 'text', text: tag === '@default' || /[.:]$/.test(content.at(-1)?.text ?? '') ? '' : '.' },
      );
    }
    reflection.comment.removeTags(tag);
  }
}

function namesIn(project) {
  return (project.children ?? []).map(({ name }) => name);
}

/** The parts of a comment, with a link for each exported name. */
function linked(parts, project) {
  const names = namesIn(project);
  return parts.flatMap((part) =>
    part.kind !== 'text'
      ? [part]
      : part.text
          .split(/\b([A-Z]\w+)\b/)
          .map((text, index) =>
            index % 2 === 1 && names.includes(text)
              ? { kind: 'inline-tag', tag: '@link', text, target: project.getChildByName(text) }
              : { kind: 'text', text },
          ),
  );
}
