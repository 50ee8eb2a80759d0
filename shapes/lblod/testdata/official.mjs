// Runs the official validator on pages, with a web that never answers, and
// prints one line of JSON for each: node official.mjs FOLDER FILE[::DOCUMENTTYPE]...
// where FOLDER holds node_modules with @lblod/lib-decision-validation.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [folder, ...pages] = process.argv.slice(2);
globalThis.fetch = async (request) => {
  const silence = new Response('', { headers: { 'content-type': 'text/turtle' } });
  Object.defineProperty(silence, 'url', { value: String(request.url ?? request) });
  return silence;
};
const official = createRequire(folder + '/from.js')('@lblod/lib-decision-validation');

for (const page of pages) {
  const [file, chosen] = page.split('::');
  const triples = await official.getPublicationFromFileContent(readFileSync(file, 'utf8'));
  const detected = official.determineDocumentType(triples);
  const used = chosen || (detected.startsWith('unknown') ? 'Notulen' : detected);
  const shapes = await official.getBlueprintOfDocumentType(used);
  let result;
  try {
    result = await official.validatePublication(triples, shapes, []);
  } catch (error) {
    console.log(JSON.stringify({ file, error: String(error) }));
    continue;
  }
  const tables = result.classes.map((c) => {
    const wrong = {};
    for (const o of c.objects) for (const p of o.properties) {
      if (p.valid === false) {
        const name = p.name.split(' ')[0];
        wrong[name] = (wrong[name] ?? 0) + 1;
      }
    }
    const level1 = result.maturityLevelReport.maturityLevel1Report;
    return { class: c.className, count: c.count, wrong, missing: level1.missingClasses.includes(c.classURI) ? c.classURI : '' };
  });
  const level2 = result.maturityLevelReport.maturityLevel2Report;
  console.log(JSON.stringify({
    file, detected, used, maturity: result.maturity,
    unresolved: level2.mandatarissenThatAreNotDereferenced.length, tables,
  }));
}
process.exit(0);
