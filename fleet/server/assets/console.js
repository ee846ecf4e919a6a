"use strict";
// Passkeys, pointing, looking at what one typed: what needs a script. Everything that is read works without.
(() => {
  // What is live ends with its page, before the browser breaks it off and htmx calls that an error; a page that is gone back to
  // is loaded again.
  if (window.htmx) htmx.createEventSource = (address) => {
    const source = new EventSource(address, { withCredentials: true });
    addEventListener("pagehide", () => source.close(), { once: true });
    addEventListener("pageshow", (event) => event.persisted && location.reload(), { once: true });
    return source;
  };

  const post = (form, address) =>
    fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(new FormData(form)),
    }).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))));

  const ceremony = (id, ask) => {
    const form = document.getElementById(id);
    if (!form || !window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;
    form.hidden = false;
    const trouble = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      trouble.hidden = true;
      try {
        const credential = await ask(await post(form, form.dataset.options));
        form.elements.answer.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch (error) {
        console.warn(error);
        trouble.hidden = false;
      }
    });
  };
  ceremony("passkey", (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey ?? options) }));
  ceremony("new-passkey", (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey ?? options) }));

  for (const box of document.querySelectorAll("[data-reveals]")) {
    const field = document.getElementById(box.dataset.reveals);
    box.checked = false;
    box.parentElement.hidden = false;
    box.addEventListener("change", () => { field.type = box.checked ? "text" : "password"; });
    // What is remembered as a password was sent as one.
    field.form.addEventListener("submit", () => { field.type = "password"; });
  }

  const point = (form, x, y) => {
    form.elements.x.value = x.toFixed(0);
    form.elements.y.value = y.toFixed(0);
    form.requestSubmit();
  };
  document.addEventListener("click", (event) => {
    const page = event.target.closest?.("svg[data-point]");
    const form = page && document.getElementById(page.dataset.point);
    if (!form) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(page.getScreenCTM().inverse());
    point(form, at.x, at.y);
  });

  // The same by keyboard: arrows move a cross over the drawing, which is drawn anew each second, and Enter points there.
  const aimed = document.querySelector("[data-aim]");
  if (aimed) {
    const says = document.getElementById(aimed.dataset.says);
    let aim = null;
    const drawing = () => aimed.querySelector("svg[data-point]");
    const draw = () => {
      const page = drawing();
      if (!page) return;
      const { width, height } = page.viewBox.baseVal;
      aim ??= { x: width / 2, y: height / 2 };
      aim = { x: Math.min(Math.max(aim.x, 0), width), y: Math.min(Math.max(aim.y, 0), height) };
      const path = page.querySelector(".aim") ?? page.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
      path.setAttribute("class", "aim");
      path.setAttribute("d", `M${aim.x - 40} ${aim.y}h80M${aim.x} ${aim.y - 40}v80`);
    };
    // What lies under the cross, for who does not see it.
    const under = () => {
      const inside = [...drawing().querySelectorAll("rect:not(.ground)")].filter((e) => {
        const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(e.getAttribute(name)));
        return aim.x >= x && aim.x <= x + w && aim.y >= y && aim.y <= y + h;
      });
      const top = inside.at(-1);
      if (!top) return aimed.dataset.nothing;
      return top.nextElementSibling?.tagName === "text" ? top.nextElementSibling.textContent : aimed.dataset.hidden;
    };
    aimed.addEventListener("focus", draw);
    document.addEventListener("htmx:afterSwap", draw);
    aimed.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!drawing() || event.ctrlKey || event.altKey || event.metaKey || !(way || event.key === "Enter")) return;
      event.preventDefault();
      draw();
      if (!way) return point(document.getElementById(aimed.dataset.aim), aim.x, aim.y);
      const step = drawing().viewBox.baseVal.width / (event.shiftKey ? 10 : 54);
      aim = { x: aim.x + way[0] * step, y: aim.y + way[1] * step };
      draw();
      says.textContent = under();
    });
  }
})();
