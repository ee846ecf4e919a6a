"use strict";
// Run by words.rs. Every text that is seen on every page, in both languages: an id that has no words is a line here.
const { open, join } = require("./join.js");
const { INVITATIONS, PAGES } = process.env;
// What is no sentence: units, and names that are the same in both languages.
const NO_WORDS = new Set(["min", "ms", "yilin", "days", "demo", "server", "the", "demonstration", "one", "two", "three", "four", "error", "warn", "info", "debug"]);

// Text that is seen, without code and what was typed somewhere else.
const texts = () => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    if (text && !node.parentElement.closest("code, pre, script, noscript, [lang]:not(html)")) found.push(text);
  }
  // What a program says stands beside words, and what is in another language is a program's, or the way to that language.
  for (const e of document.querySelectorAll(".original")) if (!/[\u4e00-\u9fff]/.test(e.previousSibling?.textContent ?? "")) found.push(e.textContent);
  for (const e of document.querySelectorAll("[lang]:not(html, .original, a[href^='/language/'])")) if (document.querySelector("nav.menu")) found.push(e.textContent.trim());
  for (const e of document.querySelectorAll("[aria-label], [placeholder]")) found.push(e.getAttribute("aria-label") ?? "", e.getAttribute("placeholder") ?? "");
  return found;
};

(async () => {
  const browser = await open();
  const failures = new Set();
  let seen = 0;
  const pages = JSON.parse(PAGES);
  for (const [who, invitation] of Object.entries(JSON.parse(INVITATIONS))) {
    const page = await join(browser, invitation);
    const origin = new URL(invitation).origin;
    for (const language of ["zh-CN", "en"]) {
      await page.context().addCookies([{ name: "yilin-language", value: language, url: origin }]);
      for (const path of pages[who]) {
        const answer = await page.goto(origin + path);
        if (answer.status() !== 200) failures.add(`${path}: ${answer.status()}`);
        for (const text of await page.evaluate(texts)) {
          seen += 1;
          const id = text.replace(/yilin-[a-z0-9-]+( [a-z]+)*/g, "").match(/\b[a-z]+[_][a-z_]+\b|\b[a-z]+-[a-z]+(-[a-z]+)*\b|^[a-z]+\.[a-z_]+$/);
          if (id && (language === "zh-CN" || id[0].includes("_") || id[0].includes(".") || text === id[0])) failures.add(`${language} ${path}: ${id[0]} in “${text}”`);
          if (language === "zh-CN") {
            for (const word of text.replace(/yilin-[a-z0-9-]+( [a-z]+)*/g, "").match(/\b[a-z]{3,}\b/g) ?? []) if (!NO_WORDS.has(word)) failures.add(`${language} ${path}: ${word} in “${text}”`);
          } else if (/[\u4e00-\u9fff]/.test(text)) failures.add(`${language} ${path}: “${text}”`);
        }
      }
    }
    await page.context().close();
  }
  await browser.close();
  for (const failure of failures) console.log(failure);
  console.log(`${seen} texts, ${failures.size} failures`);
  process.exit(failures.size || seen < 2000 ? 1 : 0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
