// Lints texts as if each were the content of an existing file, all in one ESLint with the real configuration:
// a process for each would take seconds. Standard input: [{ path, text }]; standard output: for each the
// rules that it breaks.
import { text as readAll } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint();
const broken = [];
for (const { path, text } of JSON.parse(await readAll(process.stdin))) {
  const [result] = await eslint.lintText(text, { filePath: path });
  const rules = result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? [
    `${path} was not linted`,
  ];
  broken.push([...new Set(rules)].sort());
}
console.log(JSON.stringify(broken));
