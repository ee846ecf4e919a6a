"use strict";
// The worker of call.rs: each line on stdout is a thing that was seen or done; a line on stdin lets it go on.
const { open, join } = require("./join.js");
const fs = require("node:fs");
const readline = require("node:readline");
// SHOTS=DIR keeps a picture of the call's page.
const { ORIGIN, INVITATION, SENTENCE, ON_THE_PAGE, SHOTS } = process.env;
const LONGEST = 90_000;

const say = (what) => process.stdout.write(`${what}\n`);
const hear = (() => {
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  return () => lines.next();
})();
const must = (truth, what) => {
  if (!truth) throw new Error(what);
};
(async () => {
  const browser = await open();
  const page = await join(browser, INVITATION);

  // The news must be listened to before there is any.
  const listens = page.waitForResponse(/\/live\/calls$/);
  await page.goto(`${ORIGIN}/desk`);
  await listens;
  must((await page.locator("#calls tbody tr").count()) === 0, "there is a call before anybody called");
  await page.evaluate(() => { window.same = true; });
  say("the desk is empty");
  const row = page.locator("#calls tbody tr");
  await row.waitFor();
  must(await page.evaluate(() => window.same), "the page was loaded again");
  must((await row.textContent()).includes("高龄津贴申请"), `the item has no name: ${await row.textContent()}`);
  say("the call came without a reload");
  await row.locator("button").click();
  await page.waitForURL(/\/desk\/[0-9a-f]+$/);
  must((await page.locator("#mirror svg").count()) === 0, "the page is seen before the resident agreed");
  say("the call is taken, its page is not seen");

  const mirror = page.locator("#mirror svg");
  await mirror.waitFor();
  const text = await mirror.textContent();
  must(text.includes(ON_THE_PAGE) && text.includes("下一步"), `the fixed words are not there: ${text}`);
  must((await mirror.locator("rect.hidden").count()) === 2, "the values are not grey bars");
  must((await mirror.locator("rect.hidden ~ text").count()) === 2 && (await mirror.locator("text ~ rect.hidden").count()) === 0, "a grey bar lies over words");
  must((await page.locator("#mirror :is(button, a, input, select, [role=button])").count()) === 0, "something of the page can be pressed");
  const ground = await mirror.locator("rect.ground").evaluate((ground) => getComputedStyle(ground).fill);
  must(ground === "rgb(245, 247, 249)", `words lie on a ground of ${ground}`);
  say("the page is seen without its values, and nothing on it can be pressed");
  const box = await mirror.boundingBox();
  const side = Math.min(box.width / 1080, box.height / 1920);
  const at = (x, y) => ({ x: (box.width - 1080 * side) / 2 + x * side, y: (box.height - 1920 * side) / 2 + y * side });
  await mirror.click({ position: at(790, 1575) });
  await hear();
  await page.fill("#text", SENTENCE);
  const written = page.waitForEvent("load");
  await page.click("button[value=write]");
  await written;
  must((await page.textContent(".mirror .notice")).includes(SENTENCE), "the worker does not see what they wrote");
  const ring = mirror.locator("circle.ring").last();
  must(Math.abs((await ring.getAttribute("cx")) - 790) <= 4 && Math.abs((await ring.getAttribute("cy")) - 1575) <= 4, "the worker does not see their ring");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/call.png`, fullPage: true });

  // The same by keyboard alone, in a drawing that is made anew meanwhile.
  await page.focus("[data-aim]");
  const outlined = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== "none");
  must(outlined && (await mirror.locator(".aim").isVisible()), "who points by keyboard does not see where");
  for (const [key, times] of [["Shift+ArrowDown", 6], ["Shift+ArrowRight", 2], ["ArrowUp", 2]]) for (let n = 0; n < times; n += 1) await page.keyboard.press(key);
  must((await page.textContent("#aim")) === "下一步", `under the cross is: ${await page.textContent("#aim")}`);
  await page.waitForTimeout(1_500);
  must(await mirror.locator(".aim").isVisible(), "the new drawing takes the cross away");
  await page.evaluate(fs.readFileSync(require.resolve("axe-core"), "utf8"));
  const { violations } = await page.evaluate(() => axe.run());
  must(violations.length === 0, `axe: ${violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html.slice(0, 120))}`)}`);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/call-aim.png`, fullPage: true });
  await page.keyboard.press("Enter");
  await mirror.locator('circle.ring[cx="756"][cy="1568"]').first().waitFor();

  const address = page.url();
  const refused = await page.evaluate(async (address) => {
    const csrf = document.querySelector("input[name=csrf]").value;
    const answers = [];
    for (const act of ["press", "tap", "type", "submit", "picture", ""]) {
      const body = new URLSearchParams({ csrf, do: act, x: "10", y: "10", text: "1" });
      answers.push((await fetch(address, { method: "POST", body })).status);
    }
    return answers;
  }, address);
  must(refused.every((status) => status === 400), `a worker may do more: ${refused}`);
  say("what a worker may not do is refused");

  // With the visit all of it goes from the open page, which says so and asks no more.
  let status = 200;
  for (const until = Date.now() + LONGEST; status === 200 && Date.now() < until; ) {
    await page.waitForTimeout(300);
    status = await page.evaluate(async (address) => (await fetch(address)).status, address);
  }
  must(status === 410, `the call is still there: ${status}`);
  await page.locator("#mirror").waitFor({ state: "detached", timeout: 2_500 });
  const ended = await page.textContent("main");
  must(ended.includes("这次办理已结束") && !ended.includes(SENTENCE) && !ended.includes(ON_THE_PAGE), `after the visit stands: ${ended}`);
  must((await page.locator("main svg, main form, main input").count()) === 0, "there is still something to do in a call that is over");
  must((await page.evaluate(() => document.activeElement.getAttribute("href"))) === "/desk", "the way on is not where the keyboard is");
  must(address === page.url() && (await page.title()).startsWith("这次办理已结束"), "the page is another one");
  let asked = 0;
  page.on("request", () => { asked += 1; });
  await page.waitForTimeout(2_500);
  must(asked === 0, `the page asks on: ${asked}`);
  const late = await page.evaluate(async (address) => {
    const csrf = document.querySelector("input[name=csrf]").value;
    const body = new URLSearchParams({ csrf, do: "point", x: "10", y: "10" });
    const answer = await fetch(address, { method: "POST", body });
    return `${answer.status} ${await answer.text()}`;
  }, address);
  must(late.startsWith("410 ") && late.includes("这次办理已结束"), `who points too late is told: ${late}`);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/call-over.png`, fullPage: true });
  await page.goto(`${ORIGIN}/desk`);
  must((await page.locator("#calls tbody tr").count()) === 0, "the call is still listed");
  say("the call is over");
  await browser.close();
})().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
