// Checks the pages of a running site with axe-core, at two widths and in two
// colour schemes. Ends with 1 on a serious or critical violation, 2 when it can
// not check.
//
//   node axe.mjs http://localhost:8080 [path ...]
//
// CHROMIUM names the browser (default /usr/bin/chromium).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const base = (process.argv[2] || "").replace(/\/$/, "");
if (!base) {
  console.error("usage: node axe.mjs BASE [path ...]");
  process.exit(2);
}
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const views = [
  { width: 360, height: 740, colorScheme: "light" },
  { width: 1280, height: 900, colorScheme: "dark" },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// first follows the first link on a page whose address begins with a prefix.
async function first(page, from, prefix) {
  await page.goto(base + from);
  const href = await page.locator(`main a[href^="${prefix}"]`).first().getAttribute("href", { timeout: 5000 });
  return href.split("#")[0];
}

// report has the validator make a report and returns its address.
async function report(page) {
  const tekst = '<div prefix="besluit: http://data.vlaanderen.be/ns/besluit#" resource="null/id/1" typeof="besluit:Zitting"><b property="besluit:behandelt">1</b></div>';
  const answer = await page.request.post(`${base}/validator`, { multipart: { tekst, profiel: "notulen" }, maxRedirects: 0 });
  return answer.headers().location;
}

async function paths(page) {
  if (process.argv.length > 3) return process.argv.slice(3);
  const besluit = await first(page, "/", "/besluiten/");
  const bestuur = await first(page, "/besturen", "/besturen/");
  const rapport = await report(page);
  return [
    rapport, `${rapport.split("?")[0]}/bron`, "/docs/regels/null-uri", "/", "/?taal=en", "/zoeken", "/zoeken?q=subsidie", "/zoeken?q=xqzwv", "/zoeken?q=%28open",
    besluit, await first(page, besluit, "/zittingen/"), await first(page, besluit, "/agendapunten/"), await first(page, besluit, "/bestuursorganen/"),
    "/besturen", bestuur, "/validator", "/sparql", "/oogst", "/melding", "/kwaliteit", "/datasets", "/toegankelijkheid",
    "/docs", "/docs/insluiten", "/docs/regels", "/docs/zoektaal", "/ldes", "/embed/lijst", "/embed/lijst?bestuur=onbekend", "/zoeken?van=31-02-2025", "/nergens",
  ];
}

let bad = 0;
try {
  for (const view of views) {
    const context = await browser.newContext({ viewport: { width: view.width, height: view.height }, colorScheme: view.colorScheme });
    const page = await context.newPage();
    for (const path of await paths(page)) {
      await page.goto(base + path);
      // Everything that can be unfolded is checked too.
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      await page.evaluate(axe);
      const result = await page.evaluate((tags) => axe.run(document, { runOnly: tags }), tags);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      if (wide) {
        bad++;
        console.log(`FAIL ${path} at ${view.width} px: the page scrolls sideways`);
      }
      for (const v of result.violations) {
        const counts = v.impact === "serious" || v.impact === "critical";
        if (counts) bad++;
        console.log(`${counts ? "FAIL" : "note"} ${path} at ${view.width} px (${view.colorScheme}): ${v.id} (${v.impact}): ${v.help}`);
        for (const n of v.nodes.slice(0, 3)) console.log(`     ${n.target.join(" ")}: ${(n.failureSummary || "").split("\n").slice(1, 2).join("").trim()}`);
      }
    }
    await context.close();
  }
} catch (error) {
  console.error(`axe: ${error.message}`);
  bad = -1;
} finally {
  await browser.close();
}
console.log(bad === 0 ? "axe: no serious or critical violation" : `axe: ${bad} that must be mended`);
process.exit(bad < 0 ? 2 : bad > 0 ? 1 : 0);
