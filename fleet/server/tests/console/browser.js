"use strict";
// Run by browser.rs. Each failure is a line; any line ends with status 1. SHOTS=DIR keeps a picture of every page.
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core");
const fs = require("node:fs");
const tls = require("node:tls");
const crypto = require("node:crypto");
const { ORIGIN, PASSWORD, SECOND, SHOTS } = process.env;

// RFC 6238, of now.
const code = () => {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + 1));
  const tag = crypto.createHmac("sha1", Buffer.from(SECOND, "hex")).update(step).digest();
  return String((tag.readUInt32BE(tag[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};
const failures = [];
const fail = (what) => failures.push(what);

const PAGES = {
  MANAGER: ["/", "/places/9901", "/places/990101", "/terminals", "/rollouts", "/rollouts/1", "/configurations", "/catalogue", "/keys", "/stops", "/reports", "/me"],
  TECHNICIAN: ["/terminals/AH-0001", "/terminals/AH-0003", "/tickets", "/desk"],
  ADMIN: ["/accounts", "/terminals/AH-0002"],
  AUDITOR: ["/audit?verify=1"],
  NOBODY: ["/sign-in", "/t/AH-0001", "/nowhere"],
};

const cookie = (name, value) => ({ name, value, url: ORIGIN, secure: true, httpOnly: true, sameSite: "Strict" });

// The server's certificate is of its own authority: the browser is told its key, since passkeys want an address without errors.
const keyOfServer = () =>
  new Promise((found, failed) => {
    const { hostname, port } = new URL(ORIGIN);
    const socket = tls.connect({ host: hostname, port, servername: hostname, rejectUnauthorized: false }, () => {
      const key = socket.getPeerX509Certificate().publicKey.export({ type: "spki", format: "der" });
      socket.end();
      found(crypto.createHash("sha256").update(key).digest("base64"));
    });
    socket.on("error", failed);
  });

(async () => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", `--ignore-certificate-errors-spki-list=${await keyOfServer()}`],
  });
  // Reading works without scripts.
  {
    const context = await browser.newContext({ javaScriptEnabled: false });
    await context.addCookies([cookie("__Host-yilin", process.env.MANAGER), cookie("yilin-language", "en")]);
    const page = await context.newPage();
    await page.goto(`${ORIGIN}/terminals`);
    await page.selectOption("#district", "9901");
    await page.click("form[role=search] button");
    const rows = await page.locator("tbody tr").count();
    if (rows !== 1) fail(`without scripts the filter leaves ${rows} rows`);
    await page.click("tbody a");
    if (!page.url().endsWith("/terminals/AH-0001")) fail("without scripts a link leads elsewhere");
    await page.goto(`${ORIGIN}/rollouts/1`);
    if (!(await page.textContent("#progress")).includes("running")) fail("without scripts a rollout's state is not read");
    await context.close();
  }

  // Somebody else has the rollout open while it is paused below, and sees it without loading the page again.
  const watcher = await browser.newContext();
  await watcher.addCookies([cookie("__Host-yilin", process.env.KEY), cookie("yilin-language", "en")]);
  const watched = await watcher.newPage();
  const opened = watched.waitForResponse(/\/live\/rollouts\/1$/);
  await watched.goto(`${ORIGIN}/rollouts/1`);
  await opened;
  await watched.evaluate(() => { window.same = true; });
  if (!(await watched.textContent("#progress [role=status]")).includes("running")) fail("the rollout does not run yet");

  // From the sign-in to a paused rollout with the keyboard alone.
  {
    const context = await browser.newContext();
    await context.addCookies([cookie("yilin-language", "en")]);
    const page = await context.newPage();
    const tab = async (until) => {
      for (let n = 0; n < 80; n += 1) {
        await page.keyboard.press("Tab");
        const at = await page.evaluate(() => {
          const e = document.activeElement;
          const seen = getComputedStyle(e).outlineStyle !== "none" || e === document.body;
          return { id: e.id, text: e.textContent.trim(), href: e.getAttribute("href"), value: e.value, seen };
        });
        if (!at.seen) fail(`focus is not seen on ${JSON.stringify(at)}`);
        if (until(at)) return;
      }
      throw new Error(`the keyboard does not reach ${until}`);
    };
    await page.goto(`${ORIGIN}/rollouts/1`);
    await tab((at) => at.id === "name");
    await page.keyboard.type("manager");
    await tab((at) => at.id === "password");
    await page.keyboard.type(PASSWORD);
    await tab((at) => at.id === "code");
    await page.keyboard.type(code());
    await page.keyboard.press("Enter");
    await page.waitForURL(`${ORIGIN}/rollouts/1`);
    await tab((at) => at.id === "why");
    await page.keyboard.type("by keyboard");
    await tab((at) => at.value === "pause");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=paused");
    await context.close();
    await watched.waitForSelector("#progress [role=status] :text('paused')", { timeout: 60_000 }).catch(() => fail("the rollout's page does not follow"));
    if (!(await watched.evaluate(() => window.same))) fail("the rollout's page was loaded again");
    await watcher.close();
  }

  // One may look at what one typed.
  {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${ORIGIN}/sign-in`);
    await page.fill("#password", PASSWORD);
    const kind = () => page.getAttribute("#password", "type");
    if (await kind() !== "password") fail("a password is seen by itself");
    await page.check("[data-reveals=password]");
    if (await kind() !== "text") fail("a password is not shown");
    await page.uncheck("[data-reveals=password]");
    if (await kind() !== "password") fail("a password stays shown");
    await page.context().close();
  }

  // A passkey is added and is then enough by itself.
  {
    const context = await browser.newContext();
    await context.addCookies([cookie("__Host-yilin", process.env.KEY), cookie("yilin-language", "en")]);
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "warning" && fail(message.text()));
    const devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    await page.goto(`${ORIGIN}/me`);
    await page.fill("#label", "test key");
    await page.fill("#current-passkey", PASSWORD);
    await page.click("#new-passkey button");
    await page.waitForSelector("td:has-text('test key')", { timeout: 10_000 }).catch(() => fail("the passkey was not added"));
    await page.click("form[action='/sign-out'] button");
    await page.waitForURL(/sign-in/);
    await page.click("#passkey button");
    await page.waitForURL(`${ORIGIN}/`, { timeout: 10_000 }).catch(() => fail("the passkey does not sign in"));
    await context.close();
  }
  // Every page, by axe and by its width and weight.
  for (const language of ["zh-CN", "en"]) {
    for (const width of [1280, 360]) {
      for (const [who, pages] of Object.entries(PAGES)) {
        const context = await browser.newContext({ viewport: { width, height: 800 } });
        await context.addCookies([cookie("yilin-language", language)]);
        if (process.env[who]) await context.addCookies([cookie("__Host-yilin", process.env[who])]);
        const page = await context.newPage();
        page.on("console", (message) => {
          const expected = message.text().includes("404");
          if (message.type() === "error" && !expected) fail(`${who} ${page.url()}: ${message.text()}`);
        });
        page.on("dialog", (dialog) => fail(`${page.url()} opened a dialog: ${dialog.message()}`));
        for (const path of pages) {
          let weight = 0;
          const weigh = async (answer) => { weight += (await answer.body().catch(() => "")).length; };
          page.on("response", weigh);
          await page.goto(ORIGIN + path, { waitUntil: "load" });
          page.off("response", weigh);
          const name = `${language} ${width} ${path}`;
          if (weight > 150_000) fail(`${name} weighs ${weight} bytes`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (wide > 0) fail(`${name} scrolls ${wide} px to the side`);
          const hidden = await page.evaluate(() => [...document.querySelectorAll(".map-and-table .wide")].some((e) => e.scrollWidth > e.clientWidth));
          if (hidden && width === 1280) fail(`${name}: a column of the table is not seen`);
          if (SHOTS) await page.screenshot({ path: `${SHOTS}/${language}-${width}-${path.replace(/[^a-zA-Z0-9]+/g, "_")}.png`, fullPage: true });
          await page.evaluate(fs.readFileSync(axe, "utf8"));
          const found = await page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
          for (const v of found.violations) fail(`${name}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160)).join(" | ")}`);
        }
        await context.close();
      }
    }
  }
  await browser.close();
  for (const failure of failures) console.log(failure);
  console.log(`${failures.length} failures`);
  process.exit(failures.length ? 1 : 0);
})().catch((error) => {
  for (const failure of failures) console.log(failure);
  console.error(error);
  process.exit(1);
});
